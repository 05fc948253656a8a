import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { chartSpans, type Series, type Times } from '../../../../core/jobs/contract-monitor'
import { durationTicks } from '../../../kit/chart/scale'
import { TimeChart } from '../../../kit/chart/time-chart'
import { formatAmount, formatClock, formatDateTime, formatDuration } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Card } from '../../../kit/section'
import { Segmented } from '../../../kit/segmented'
import { Skeleton } from '../../../kit/skeleton'
import { useApi } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useVisible } from '../../../rpc/use-visible'
import { formatRate } from './count-tiles'

type Span = (typeof chartSpans)[number]['minutes']

const spanWords: Record<Span, string> = {
  15: '15 min',
  60: '1 h',
  360: '6 h',
  1440: '24 h',
  10_080: '7 d',
  43_200: '30 d',
}

/** The span of an address, or an hour. */
export function spanOf(minutes: number | undefined): Span {
  return chartSpans.find((span) => span.minutes === minutes)?.minutes ?? 60
}

/** Milliseconds after which a chart is asked for anew: a third of a bin, and never faster than every five seconds. */
function refreshOf(span: Span): number {
  const bin = chartSpans.find(({ minutes }) => minutes === span)?.binSeconds ?? 60
  return Math.max(5000, (bin * 1000) / 3)
}

/** What ended, how long it had waited and how long it took, over a span of time. */
export function Charts({
  span,
  isHeld,
  onSpan,
}: {
  span: Span
  /** Somebody holds the numbers still. */
  isHeld: boolean
  onSpan: (span: Span) => void
}) {
  const isOn = useVisible() && !isHeld
  const series = useQuery({
    ...useApi().jobs.series.queryOptions({
      input: { minutes: span },
      placeholderData: keepPreviousData,
      refetchInterval: isOn ? refreshOf(span) : false,
      // Nothing that changes asks for it anew, so whoever comes back does.
      staleTime: 0,
    }),
    enabled: isOn,
  })
  return (
    <Card
      title="Over time"
      aside={
        <Segmented
          label="Span of the charts"
          value={`${span}`}
          onChange={(id) => onSpan(spanOf(Number(id)))}
          options={chartSpans.map(({ minutes }) => ({ id: `${minutes}`, label: spanWords[minutes] }))}
        />
      }
    >
      {series.data ? (
        <ThreeCharts series={series.data} span={span} asOf={series.dataUpdatedAt} />
      ) : series.error ? (
        <Notice tone="bad">{describeError(series.error)}</Notice>
      ) : (
        <Skeleton className="h-46" />
      )}
    </Card>
  )
}

function ThreeCharts({ series, span, asOf }: { series: Series; span: Span; asOf: number }) {
  const { bins, bin_seconds } = series
  const rates = (of: 'completed' | 'failed') =>
    bins.map((bin) =>
      ratePerMinute(bin[of], Math.min(bin_seconds, (asOf - bin.at.getTime()) / 1000), bin_seconds),
    )
  const completed = bins.reduce((sum, bin) => sum + bin.completed, 0)
  const failed = bins.reduce((sum, bin) => sum + bin.failed, 0)
  const shared = {
    times: bins.map((bin) => bin.at),
    step: bin_seconds * 1000,
    formatTime: (date: Date) => timeWords(date, bin_seconds),
  }
  return (
    <div className="grid grid-cols-3 gap-6 max-[899px]:grid-cols-1">
      <TimeChart
        {...shared}
        title="Ended"
        unit="per minute"
        formatValue={(value) => formatRate(value)}
        summary={`In the last ${spanWords[span]}, ${formatAmount(completed, 'job')} completed and ${formatAmount(failed, 'job')} failed.`}
        series={[
          {
            name: 'completed',
            color: 'first',
            isFilled: true,
            values: rates('completed'),
          },
          { name: 'failed', color: 'second', values: rates('failed') },
        ]}
      />
      <TimesChart {...shared} title="Wait" bins={bins.map((bin) => bin.wait)} />
      <TimesChart {...shared} title="Run" bins={bins.map((bin) => bin.run)} />
    </div>
  )
}

/** Jobs a minute of a bin; of one that has barely begun nothing can be said, and its line would only fall. */
function ratePerMinute(jobs: number, elapsed: number, binSeconds: number): number | null {
  return elapsed < binSeconds / 4 ? null : (jobs * 60) / elapsed
}

function TimesChart({
  title,
  bins,
  ...shared
}: {
  title: string
  bins: readonly Times[]
  times: readonly Date[]
  step: number
  formatTime: (date: Date) => string
}) {
  const known = bins.filter((bin) => bin !== null)
  const worst = Math.max(0, ...known.map((bin) => bin.p99))
  return (
    <TimeChart
      {...shared}
      title={title}
      unit="time"
      ticks={durationTicks}
      formatValue={formatDuration}
      formatAxis={(value) => (value === 0 ? '0' : formatDuration(value))}
      summary={
        known.length === 0
          ? `${title} times: no job has ended in this span.`
          : `${title} times: 99 of 100 jobs stayed below ${formatDuration(worst)} throughout.`
      }
      series={[
        { name: 'p50', color: 'first', values: bins.map((bin) => bin?.p50 ?? null) },
        { name: 'p95', color: 'second', values: bins.map((bin) => bin?.p95 ?? null) },
        { name: 'p99', color: 'third', values: bins.map((bin) => bin?.p99 ?? null) },
      ]}
    />
  )
}

/** A bin as exact as it is wide: a clock time, with the date where there are several days. */
function timeWords(date: Date, binSeconds: number): string {
  if (binSeconds < 60) return formatClock(date)
  return binSeconds < 900 ? formatClock(date).slice(0, 5) : shortDate(date)
}

function shortDate(date: Date): string {
  return formatDateTime(date).replace(` ${date.getFullYear()}`, '')
}
