import { binTicks, sharesOf, stepPath, topOf } from './histogram-shape'

export interface HistogramProps {
  label: string
  /** What it shows, for those who don't see it. */
  summary: string
  /** Counts in bins of equal width over [0, 1], drawn as bars. */
  bars: { name: string; counts: readonly number[] }
  /** Drawn as a dashed outline over the bars: told apart by its shape, not by its colour alone. */
  outline?: { name: string; counts: readonly number[] }
  /** The value that one looks for. */
  marker?: { value: number; label: string }
  /** A line to compare with: a threshold. */
  line?: { value: number; label: string }
  /** What runs along the horizontal axis. */
  axis: string
  height?: number
}

/**
 * How values of [0, 1] are spread: per cent of the values in each bin, each series by its own total, so that a few and
 * many compare. The picture is hidden from screen readers: they get the summary and the numbers as a table.
 */
export function Histogram(props: HistogramProps) {
  const { label, summary, bars, outline, marker, line, axis, height = 128 } = props
  const shares = sharesOf(bars.counts)
  const outlined = outline && sharesOf(outline.counts)
  const top = topOf([...shares, ...(outlined ?? [])])
  const bins = shares.length
  return (
    <figure aria-label={label} className="flex flex-col gap-1">
      <figcaption className="sr-only">{summary}</figcaption>
      <div className="flex flex-wrap items-center gap-x-4 text-sm text-ink-3" aria-hidden>
        <span className="flex items-center gap-1.5">
          <span className="size-2 rounded-[2px] bg-accent-solid" />
          {bars.name}
        </span>
        {outline && (
          <span className="flex items-center gap-1.5">
            <span className="w-4 border-t-[1.5px] border-dashed border-ink" />
            {outline.name}
          </span>
        )}
      </div>
      <div className="grid grid-cols-[1fr_2.25rem] gap-x-2 pt-4" aria-hidden>
        <div className="relative" style={{ height }}>
          {[0, 0.5, 1].map((share) => (
            <span key={share} className="absolute inset-x-0 border-t" style={{ bottom: `${share * 100}%` }} />
          ))}
          <svg
            viewBox={`0 0 ${bins} 1`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
          >
            {shares.map((share, bin) =>
              share > 0 ? (
                <rect
                  key={bin}
                  x={bin + 0.08}
                  y={1 - share / top}
                  width={0.84}
                  height={share / top}
                  className="fill-accent-solid"
                />
              ) : null,
            )}
            {outlined && (
              <path
                d={stepPath(outlined, top)}
                vectorEffect="non-scaling-stroke"
                strokeDasharray="4 2"
                className="fill-none stroke-ink stroke-[1.5]"
              />
            )}
          </svg>
          {line && <Line {...line} isDashed />}
          {marker && <Line {...marker} />}
        </div>
        <div className="relative text-xs text-ink-3">
          {[0, 0.5, 1].map((share) => (
            <span
              key={share}
              className="absolute left-0 translate-y-1/2"
              style={{ bottom: `${share * 100}%` }}
            >
              {Number((top * share * 100).toPrecision(3))} %
            </span>
          ))}
        </div>
        <div className="relative h-4 text-xs text-ink-3">
          {binTicks.map((tick) => (
            <span key={tick} className="absolute -translate-x-1/2" style={{ left: `${tick * 100}%` }}>
              {tick}
            </span>
          ))}
        </div>
        <span />
        <span className="text-center text-xs text-ink-3">{axis}</span>
      </div>
      <table className="sr-only">
        <thead>
          <tr>
            <th scope="col">{axis}</th>
            <th scope="col">{bars.name}</th>
            {outline && <th scope="col">{outline.name}</th>}
          </tr>
        </thead>
        <tbody>
          {bars.counts.map((count, bin) =>
            count === 0 && !outline?.counts[bin] ? null : (
              <tr key={bin}>
                <th scope="row">
                  {(bin / bins).toFixed(2)} to {((bin + 1) / bins).toFixed(2)}
                </th>
                <td>{count}</td>
                {outline && <td>{outline.counts[bin] ?? 0}</td>}
              </tr>
            ),
          )}
        </tbody>
      </table>
    </figure>
  )
}

/** A vertical line with its words above the picture. Near an end the words keep within it. */
function Line({ value, label, isDashed = false }: { value: number; label: string; isDashed?: boolean }) {
  const at = Math.min(1, Math.max(0, value))
  return (
    <span className="absolute inset-y-0" style={{ left: `${at * 100}%` }}>
      <span
        className={
          isDashed
            ? 'absolute inset-y-0 border-l border-dashed border-ink-3'
            : 'absolute inset-y-0 -translate-x-1/2 border-l-2 border-ink'
        }
      />
      <span
        className={`absolute bottom-full rounded-sm px-1 text-xs whitespace-nowrap ${
          isDashed ? '-translate-x-full text-ink-3' : 'bg-ink font-medium text-panel'
        } ${at > 0.9 ? '-translate-x-full' : ''}`}
      >
        {label}
      </span>
      {!isDashed && (
        <span className="absolute top-0 size-0 -translate-x-1/2 border-x-4 border-t-[5px] border-x-transparent border-t-ink" />
      )}
    </span>
  )
}
