/** A thin bar of [−range, range] that grows from its middle. */
export function CenteredBar({ value, range }: { value: number; range: number }) {
  const share = Math.max(-1, Math.min(1, value / range)) / 2
  return (
    <span aria-hidden className="relative block h-1.5 w-full rounded-full bg-active">
      <span
        className="absolute inset-y-0 bg-accent"
        style={{ left: `${(0.5 + Math.min(0, share)) * 100}%`, width: `${Math.abs(share) * 100}%` }}
      />
      <span className="absolute -inset-y-0.5 left-1/2 w-px bg-ink-3" />
    </span>
  )
}
