import { formatDuration, unknown } from '../format'

export interface Quantiles {
  p50: number
  p95: number
  p99: number
}

/** How long half, most and nearly all take, in words. */
export function quantileWords({ p50, p95, p99 }: Quantiles): string {
  return `half within ${formatDuration(p50)}, 95 % within ${formatDuration(p95)}, 99 % within ${formatDuration(p99)}`
}

/**
 * A distribution in a line: solid up to the median, lighter up to p95, and a mark at p99. Rows that share `max`
 * (milliseconds) can be compared by eye.
 */
export function QuantileStrip({
  label,
  quantiles,
  max,
}: {
  label: string
  /** Milliseconds; null where nothing was measured. */
  quantiles: Quantiles | null
  max: number
}) {
  if (!quantiles) return <span className="text-ink-3">{unknown}</span>
  const words = `${label}: ${quantileWords(quantiles)}`
  const percent = (value: number) => (max > 0 ? Math.min(100, (value / max) * 100) : 0)
  const p50 = percent(quantiles.p50)
  return (
    <span role="img" aria-label={words} title={words} className="relative block h-3 w-full min-w-16">
      <span className="absolute inset-x-0 top-1/2 h-px bg-line-strong" />
      <span
        className="absolute top-0.5 h-2 rounded-r-[2px] bg-(--chart-1) opacity-35"
        style={{ left: 0, width: `${percent(quantiles.p95)}%` }}
      />
      <span
        className="absolute top-0.5 h-2 min-w-px rounded-r-[2px] bg-(--chart-1)"
        style={{ left: 0, width: `${p50}%` }}
      />
      <span
        className="absolute top-0 h-3 w-0.5 bg-ink-2"
        style={{ left: `calc(${percent(quantiles.p99)}% - 2px)` }}
      />
    </span>
  )
}
