import { knownRuns } from './scale'
import { type ChartColor, strokes } from './series'

/** A line without axes, beside a number that it explains. `summary` is what it says in words. */
export function Sparkline({
  values,
  summary,
  color = 'first',
  width = 72,
  height = 20,
}: {
  /** Oldest first, ≥ 0; null where nothing was measured. */
  values: readonly (number | null)[]
  summary: string
  color?: ChartColor
  width?: number
  height?: number
}) {
  const top = Math.max(1e-9, ...values.map((value) => value ?? 0))
  const x = (index: number) => 1 + (index / Math.max(1, values.length - 1)) * (width - 2)
  const y = (value: number) => height - 1.5 - (value / top) * (height - 3)
  return (
    <svg role="img" aria-label={summary} width={width} height={height} className="shrink-0">
      <title>{summary}</title>
      {knownRuns(values).map((run) => (
        <polyline
          key={run[0]?.[0]}
          points={run.map(([index, value]) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
          fill="none"
          stroke={strokes[color]}
          strokeWidth={1.5}
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      ))}
    </svg>
  )
}
