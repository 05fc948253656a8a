import { knownRuns } from './scale'
import { dashes, type LineSeries, strokes } from './series'

/** Pixels above the top line, so that a line along it keeps its full width. */
export const headroom = 6

/** Where values and moments lie in a plot of some pixels. */
export interface Plot {
  width: number
  height: number
  x: (index: number) => number
  y: (value: number) => number
  /** The bucket at a distance from the left edge; undefined outside. */
  indexAt: (x: number) => number | undefined
}

/** The geometry of a plot: a bucket's value stands at the bucket's middle. */
export function plotOf({
  width,
  height,
  top,
  times,
}: {
  width: number
  height: number
  /** The value of the top line. */
  top: number
  times: readonly Date[]
}): Plot {
  const bucket = width / Math.max(1, times.length)
  return {
    width,
    height,
    x: (index) => (index + 0.5) * bucket,
    y: (value) => height - (value / top) * (height - headroom),
    indexAt: (x) => (x < 0 || x >= width ? undefined : Math.floor(x / bucket)),
  }
}

/** The lines of a chart over its grid, with the moment that is being read. */
export function PlotLines({
  plot,
  values,
  series,
  at,
  left,
}: {
  plot: Plot
  /** Of the grid. */
  values: readonly number[]
  series: readonly LineSeries[]
  at: number | undefined
  left: number
}) {
  return (
    <svg className="absolute top-0 overflow-visible" style={{ left }} width={plot.width} height={plot.height}>
      {values.map((value) => (
        <line
          key={value}
          x1={0}
          x2={plot.width}
          y1={crisp(plot.y(value))}
          y2={crisp(plot.y(value))}
          stroke={value === 0 ? 'var(--line-strong)' : 'var(--line)'}
        />
      ))}
      {series.map((one) => (
        <Line key={one.name} plot={plot} series={one} />
      ))}
      {at !== undefined && (
        <g>
          <line
            x1={crisp(plot.x(at))}
            x2={crisp(plot.x(at))}
            y1={0}
            y2={plot.height}
            stroke="var(--ink-3)"
            strokeDasharray="1 2"
          />
          {series.map(({ name, color, values: known }) => {
            const value = known[at]
            if (value === null || value === undefined) return null
            return (
              <circle
                key={name}
                cx={plot.x(at)}
                cy={plot.y(value)}
                r={3.5}
                fill={strokes[color]}
                stroke="var(--panel)"
                strokeWidth={1.5}
              />
            )
          })}
        </g>
      )}
    </svg>
  )
}

/** A line of one pixel is sharp between two pixels. */
function crisp(value: number): number {
  return Math.round(value) + 0.5
}

function Line({ plot, series: { values, color, isFilled } }: { plot: Plot; series: LineSeries }) {
  return knownRuns(values).map((run) => {
    const points = run.map(([index, value]) => [plot.x(index), plot.y(value)] as const)
    const [first] = points
    const last = points.at(-1)
    if (!first || !last) return null
    const key = run[0]?.[0]
    if (first === last) {
      // One measurement between two gaps has no length, and would not be seen.
      return <circle key={key} cx={first[0]} cy={first[1]} r={2} fill={strokes[color]} />
    }
    const path = points
      .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join('')
    return (
      <g key={key}>
        {isFilled && (
          <path
            d={`${path}L${last[0].toFixed(1)} ${plot.height}L${first[0].toFixed(1)} ${plot.height}Z`}
            fill={strokes[color]}
            opacity={0.12}
          />
        )}
        <path
          d={path}
          fill="none"
          stroke={strokes[color]}
          strokeWidth={1.75}
          strokeLinejoin="round"
          strokeDasharray={dashes[color]}
        />
      </g>
    )
  })
}
