import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview } from '../../../core/overview/contract'
import type { JobStatus } from '../../../core/jobs/contract'
import { BarChart } from '../../kit/bar-chart'
import { cx } from '../../kit/class-names'
import { formatAmount, formatCount } from '../../kit/format'
import { Card } from '../../kit/section'
import { RelativeTime } from '../../kit/time'
import { describeThroughput } from './throughput'

/** The queue: what waits, what goes on, and what ended in the last quarter of an hour. */
export function QueueCard({ queue }: { queue: Overview['queue'] }) {
  const { per_minute } = queue
  const completed = per_minute.map((minute) => minute.completed)
  const failed = per_minute.map((minute) => minute.failed)
  const barNames = per_minute.map((_, index) => minutesAgo(per_minute.length - 1 - index))
  return (
    <Card title="Queue" aside={<span className="truncate">{describeThroughput(queue)}</span>}>
      <div className="grid grid-cols-4 gap-2">
        <QueueNumber status="pending" label="Pending" count={queue.pending}>
          {queue.oldest_pending_at ? (
            <>
              oldest <RelativeTime date={queue.oldest_pending_at} />
            </>
          ) : (
            'nothing waits'
          )}
        </QueueNumber>
        <QueueNumber status="processing" label="Processing" count={queue.processing}>
          right now
        </QueueNumber>
        <QueueNumber status="completed" label="Completed" count={queue.completed}>
          in all
        </QueueNumber>
        <QueueNumber status="failed" label="Failed" count={queue.failed} isBad={queue.undismissed > 0}>
          {queue.undismissed > 0 ? 'look at why' : queue.failed > 0 ? 'dismissed or cancelled' : 'none'}
        </QueueNumber>
      </div>
      <BarChart
        label="Jobs ended per minute"
        unit="jobs per minute"
        series={[
          { name: 'completed', tone: 'accent', values: completed },
          { name: 'failed', tone: 'bad', values: failed },
        ]}
        barNames={barNames}
        ticks={[`${per_minute.length} min ago`, `${Math.round(per_minute.length / 2)} min ago`, 'now']}
        height={132}
        summary={`In the last ${per_minute.length} minutes ${formatAmount(sum(completed), 'job')} completed and ${formatCount(sum(failed))} failed.`}
      />
    </Card>
  )
}

function QueueNumber({
  status,
  label,
  count,
  isBad = false,
  children,
}: {
  status: JobStatus
  label: string
  count: number
  isBad?: boolean
  children: ReactNode
}) {
  return (
    <Link
      to="/jobs"
      search={{ status }}
      className="-mx-2 flex min-w-0 flex-col rounded-md px-2 py-1 transition-colors hover:bg-raised"
    >
      <span className="text-ink-2">{label}</span>
      <span className={cx('text-xl font-semibold tracking-tight', isBad && 'text-bad')}>
        {formatCount(count)}
      </span>
      <span className="truncate text-sm text-ink-3">{children}</span>
    </Link>
  )
}

function minutesAgo(minutes: number): string {
  return minutes === 0 ? 'this minute' : `${formatAmount(minutes, 'minute')} ago`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
