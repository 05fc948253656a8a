import { Table2 } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, useId, useState } from 'react'
import { cx } from '../class-names'
import { useSize } from '../face/use-size'
import { IconButton } from '../icon-button'
import { ChartTable } from './chart-table'
import { headroom, type Plot, PlotLines, plotOf } from './plot-lines'
import { formatTick, timeTicks, valueTicks } from './scale'
import { type ChartData, dashes, greatest, type LineSeries, strokes } from './series'

export interface TimeChartProps extends ChartData {
  title: string
  /** "jobs per minute"; stands above the value axis. */
  unit: string
  /** What the chart shows, in a sentence. */
  summary: string
  formatValue: (value: number) => string
  /** For the axis, shorter than in the readout. Default: `formatValue`. */
  formatAxis?: (value: number) => string
  /** A bucket in the readout and in the table: "18:05". */
  formatTime: (date: Date) => string
  /** Default: round numbers. `durationTicks` for milliseconds. */
  ticks?: (max: number) => number[]
  /** CSS pixels of the plot. */
  height?: number
}

const axisWidth = 44

/**
 * Lines along time with both axes. A pointer or the arrow keys read a moment off; a button shows the same numbers as a
 * table, and screen readers are told the summary.
 */
export function TimeChart(props: TimeChartProps) {
  const { title, unit, summary, series, times } = props
  const [isTable, setTable] = useState(false)
  const [at, setAt] = useState<number>()
  const shown = at !== undefined && at < times.length ? at : undefined
  return (
    <figure aria-label={title} className="flex min-w-0 flex-col gap-1">
      <figcaption className="sr-only">{summary}</figcaption>
      <div className="flex min-h-6 items-center gap-x-3 text-sm text-ink-3">
        <h3 className="shrink-0 font-medium text-ink">{title}</h3>
        <span className="truncate">{unit}</span>
        <span className="ml-auto flex min-w-0 items-center gap-3 overflow-hidden">
          {series.length > 1 && series.map((one) => <LegendEntry key={one.name} series={one} />)}
        </span>
        <IconButton
          label={isTable ? `${title} as a chart` : `${title} as a table`}
          className={cx('size-6!', isTable && 'bg-active text-ink')}
          onPress={() => setTable(!isTable)}
        >
          <Table2 />
        </IconButton>
      </div>
      {isTable ? <ChartTable {...props} /> : <Lines {...props} at={shown} onRead={setAt} />}
    </figure>
  )
}

function LegendEntry({ series: { name, color } }: { series: LineSeries }) {
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <svg width={16} height={8} aria-hidden>
        <line
          x1={0}
          x2={16}
          y1={4}
          y2={4}
          stroke={strokes[color]}
          strokeWidth={2}
          strokeDasharray={dashes[color]}
        />
      </svg>
      {name}
    </span>
  )
}

function Lines(props: TimeChartProps & { at: number | undefined; onRead: (at: number | undefined) => void }) {
  const { title, summary, series, times, step, height = 132, at, onRead } = props
  const { formatAxis = props.formatValue, ticks = valueTicks, formatTime, formatValue } = props
  const [frame, size] = useSize<HTMLDivElement>()
  const id = useId()
  const values = ticks(greatest(series))
  const plot = size && plotOf({ width: size.width - axisWidth, height, top: values.at(-1) ?? 1, times })
  const onKeyDown = (event: KeyboardEvent) => {
    const target = keyTarget(event.key, at, times.length)
    if (target === null) return
    event.preventDefault()
    onRead(target)
  }
  const moment = at === undefined ? undefined : times[at]
  const spoken =
    moment &&
    `${formatTime(moment)}: ${series.map((one) => `${one.name} ${valueWords(one.values[at ?? 0], formatValue)}`).join(', ')}`
  return (
    <div
      ref={frame}
      role="slider"
      aria-label={`${title}, read at a moment`}
      aria-describedby={`${id}-summary`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, times.length - 1)}
      aria-valuenow={at ?? Math.max(0, times.length - 1)}
      aria-valuetext={spoken ?? 'the newest'}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => onRead(undefined)}
      onPointerLeave={() => onRead(undefined)}
      onPointerMove={(event) => {
        const left = event.currentTarget.getBoundingClientRect().left + axisWidth
        if (plot) onRead(plot.indexAt(event.clientX - left))
      }}
      className="relative rounded-sm"
      style={{ height: height + 24 }}
    >
      <span id={`${id}-summary`} hidden>
        {summary}
      </span>
      {plot && (
        <div aria-hidden className="absolute inset-0">
          <ValueAxis values={values} height={height} format={formatAxis} />
          <PlotLines plot={plot} values={values} series={series} at={at} left={axisWidth} />
          {series.every((one) => one.values.every((value) => value === null)) && (
            <p className="absolute inset-x-0 text-center text-sm text-ink-3" style={{ top: height / 2 - 8 }}>
              Nothing was measured in this span
            </p>
          )}
          <TimeAxis plot={plot} left={axisWidth} times={times} step={step} />
          {at !== undefined && moment && (
            <Readout
              // On the side that has more room.
              style={at < times.length / 2 ? { right: 4 } : { left: axisWidth + 4 }}
              title={formatTime(moment)}
              values={series.map((one) => [one, valueWords(one.values[at], formatValue)])}
            />
          )}
        </div>
      )}
    </div>
  )
}

/** What a moment's values are, in the plot but never below the pointer. */
function Readout({
  title,
  values,
  style,
}: {
  title: string
  values: readonly (readonly [LineSeries, string])[]
  style: CSSProperties
}) {
  return (
    <div
      style={style}
      className="pointer-events-none absolute top-1 rounded-sm border bg-panel/90 px-2 py-1 text-xs"
    >
      <p className="text-ink-3">{title}</p>
      {values.map(([series, words]) => (
        <p key={series.name} className="flex items-center gap-3">
          <LegendEntry series={series} />
          <span className="ml-auto font-medium text-ink">{words}</span>
        </p>
      ))}
    </div>
  )
}

function valueWords(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? 'not measured' : format(value)
}

/** Where a key moves the reading: undefined takes it away, null is a key that does nothing. */
function keyTarget(key: string, at: number | undefined, count: number): number | undefined | null {
  if (count === 0) return null
  const last = count - 1
  const from = at ?? last
  if (key === 'ArrowLeft') return Math.max(0, at === undefined ? last : from - 1)
  if (key === 'ArrowRight') return Math.min(last, from + 1)
  if (key === 'Home') return 0
  if (key === 'End') return last
  if (key === 'Escape' && at !== undefined) return undefined
  return null
}

function ValueAxis({
  values,
  height,
  format,
}: {
  values: readonly number[]
  height: number
  format: (value: number) => string
}) {
  const top = values.at(-1) ?? 1
  return (
    <div className="absolute top-0 left-0 text-xs text-ink-3" style={{ width: axisWidth - 8, height }}>
      {values.map((value) => (
        <span
          key={value}
          className="absolute right-0 translate-y-1/2 whitespace-nowrap"
          style={{ bottom: (value / top) * (height - headroom) }}
        >
          {format(value)}
        </span>
      ))}
    </div>
  )
}

function TimeAxis({
  plot,
  left,
  times,
  step,
}: {
  plot: Plot
  left: number
  times: readonly Date[]
  step: number
}) {
  const [first] = times
  const last = times.at(-1)
  if (!first || !last) return null
  const end = new Date(last.getTime() + step)
  const span = end.getTime() - first.getTime()
  return (
    <div className="absolute text-xs text-ink-3" style={{ left, top: plot.height + 4, width: plot.width }}>
      {timeTicks(first, end, Math.max(2, Math.floor(plot.width / 72))).map((tick) => {
        const x = ((tick.getTime() - first.getTime()) / span) * plot.width
        // A label at the edge would stand out of the chart.
        const shift = x < 16 ? '0%' : x > plot.width - 16 ? '-100%' : '-50%'
        return (
          <span
            key={tick.getTime()}
            className="absolute whitespace-nowrap"
            style={{ left: x, transform: `translateX(${shift})` }}
          >
            {formatTick(tick, span)}
          </span>
        )
      })}
    </div>
  )
}
