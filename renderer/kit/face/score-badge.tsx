/** A score or similarity of [0, 1] as people read it: three decimals, no per cent, for it is no probability. */
export function formatScore(score: number): string {
  return score.toFixed(3)
}

export interface ScoreBadgeProps {
  score: number
  /** What the number is, for those who hear it. */
  label?: string
  size?: 'small' | 'large'
}

/** A score with a bar that says how far along [0, 1] it is. */
export function ScoreBadge({ score, label = 'Score', size = 'small' }: ScoreBadgeProps) {
  return (
    <span
      className={`inline-flex flex-col gap-0.5 font-medium ${size === 'large' ? 'w-16 text-lg/6' : 'w-9.5'}`}
      title={`${label} ${score.toFixed(4)} of 1`}
    >
      <span className="sr-only">{label} </span>
      {formatScore(score)}
      <span aria-hidden className="h-0.5 w-full overflow-hidden rounded-full bg-active">
        <span
          className="block h-full bg-accent"
          style={{ width: `${Math.min(1, Math.max(0, score)) * 100}%` }}
        />
      </span>
    </span>
  )
}
