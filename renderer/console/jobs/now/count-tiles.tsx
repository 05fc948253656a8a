import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type QueueNow, nowMinutes } from '../../../../core/jobs/contract-monitor'
import { Sparkline } from '../../../kit/chart/sparkline'
import { cx } from '../../../kit/class-names'
import { formatAmount, formatCount, formatNumber, unknown } from '../../../kit/format'
import { RelativeTime } from '../../../kit/time'
import type { JobsSearch } from '../search'
import { emptyWords, formatSeconds } from './forecast'

/** How the queue stands in six numbers, each with what it is to be compared with. */
export function CountTiles({ now }: { now: QueueNow }) {
  const { per_minute, backlog } = now
  const empty = emptyWords(now.empty)
  return (
    <ul
      aria-label="The queue now"
      className="grid shrink-0 grid-cols-6 overflow-hidden rounded-md border bg-panel max-[1099px]:grid-cols-3"
    >
      <Tile label="Pending" value={formatCount(now.pending)} search={{ tab: 'jobs', status: 'pending' }}>
        {now.pending === 0
          ? 'nothing waits'
          : now.due === now.pending
            ? 'all due'
            : `${formatCount(now.due)} due, ${formatCount(now.pending - now.due)} later`}
      </Tile>
      <Tile
        label="Processing"
        value={formatCount(now.processing)}
        search={{ tab: 'jobs', status: 'processing' }}
      >
        {now.foreign > 0 ? `${formatCount(now.foreign)} by other clients` : 'right now'}
      </Tile>
      <Tile
        label="Completed"
        value={formatRate(per_minute.completed)}
        unit="per min"
        search={{ tab: 'jobs', status: 'completed' }}
        line={<RateLine name="completed" values={per_minute.minutes.map((minute) => minute.completed)} />}
      >
        {`${now.is_completed_estimated ? 'about ' : ''}${formatCount(now.completed)} in all`}
      </Tile>
      <Tile
        label="Failed"
        value={formatRate(per_minute.failed)}
        unit="per min"
        isBad={per_minute.failed > 0}
        search={{ tab: 'failures' }}
        line={<RateLine name="failed" values={per_minute.minutes.map((minute) => minute.failed)} />}
      >
        {now.failed === 0
          ? 'none in all'
          : `${formatCount(now.undismissed)} open of ${formatCount(now.failed)}`}
      </Tile>
      <Tile
        label="Backlog age"
        value={backlog.age_seconds === null ? unknown : formatSeconds(backlog.age_seconds)}
        search={{ tab: 'jobs', status: 'pending' }}
      >
        {backlog.oldest_at ? (
          <>
            oldest due: <RelativeTime date={backlog.oldest_at} />
          </>
        ) : (
          'nothing is due'
        )}
      </Tile>
      <Tile label="Empty in" value={empty.value} isBad={empty.isBad}>
        {empty.note}
      </Tile>
    </ul>
  )
}

function RateLine({ name, values }: { name: string; values: readonly number[] }) {
  if (values.length < 2) return null
  return (
    <Sparkline
      width={52}
      height={24}
      values={values}
      color={name === 'failed' ? 'second' : 'first'}
      summary={`Jobs ${name} in each of the last ${formatAmount(values.length, 'minute')}: ${values.join(', ')}`}
    />
  )
}

/** Jobs a minute over the last {@link nowMinutes} minutes: few of them with a decimal. */
export function formatRate(rate: number): string {
  return rate === 0 || rate >= 10 ? formatCount(rate) : formatNumber(rate, 1)
}

function Tile({
  label,
  value,
  unit,
  isBad = false,
  search,
  line,
  children,
}: {
  label: string
  value: string
  unit?: string
  isBad?: boolean
  /** Where it leads. */
  search?: JobsSearch
  line?: ReactNode
  children: ReactNode
}) {
  const content = (
    <>
      <span className="truncate text-ink-2">{label}</span>
      <span className="flex items-center justify-between gap-2">
        <span
          className={cx('truncate text-xl font-semibold tracking-tight', isBad && 'text-bad')}
          title={unit && `Mean of the last ${nowMinutes} minutes`}
        >
          {value}
          {unit && <span className="text-sm font-normal tracking-normal text-ink-3"> {unit}</span>}
        </span>
        {line}
      </span>
      <span className="truncate text-sm text-ink-3">{children}</span>
    </>
  )
  const className = 'flex min-w-0 flex-col px-4 py-2.5 focus-visible:-outline-offset-2'
  return (
    <li className="-mt-px -ml-px min-w-0 border-t border-l">
      {search ? (
        <Link to="/jobs" search={search} className={cx(className, 'transition-colors hover:bg-raised')}>
          {content}
        </Link>
      ) : (
        <div className={className}>{content}</div>
      )}
    </li>
  )
}
