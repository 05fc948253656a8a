import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { type FailureGroup, trendHours } from '../../../../core/jobs/contract-monitor'
import { Sparkline } from '../../../kit/chart/sparkline'
import { type Column, DataTable } from '../../../kit/data-table'
import { EmptyState } from '../../../kit/empty-state'
import { formatAmount, formatCount, unknown } from '../../../kit/format'
import { SkeletonRows } from '../../../kit/skeleton'
import { Thumbnail } from '../../../kit/thumbnail'
import { RelativeTime } from '../../../kit/time'
import { useApi } from '../../../rpc/connection'
import { useVisible } from '../../../rpc/use-visible'
import { ListStates } from '../../lists/list-states'
import { formatErrorCode, stageWords } from '../job-words'

/** What failed, by fingerprint; asked for while somebody looks. */
export function useFailures(isDismissed: boolean) {
  return useQuery({
    ...useApi().jobs.failures.queryOptions({ input: { dismissed: isDismissed } }),
    enabled: useVisible(),
  })
}

/** Failures that are one and the same, a row each: two thousand failures are three errors. */
export function FailuresView({
  failures,
  isDismissed,
  selected,
  onSelect,
}: {
  failures: ReturnType<typeof useFailures>
  isDismissed: boolean
  selected: string | undefined
  onSelect: (fingerprint: string) => void
}) {
  const groups = failures.data?.groups ?? []
  return (
    <ListStates
      query={failures}
      errorTitle="The failures could not be loaded"
      skeleton={<SkeletonRows label="Loading the failures" rows={6} />}
      isEmpty={groups.length === 0}
      empty={
        <EmptyState
          icon={<CircleCheck />}
          title={isDismissed ? 'No failure is dismissed' : 'Nothing has failed'}
        >
          {isDismissed
            ? 'Failures that somebody dismissed stand here, and can be retried all the same.'
            : 'Jobs that fail are gathered here by what went wrong, with what to do about it.'}
        </EmptyState>
      }
    >
      <DataTable
        label="Failures"
        items={groups}
        columns={selected === undefined ? allColumns : fewColumns}
        getKey={({ fingerprint }) => fingerprint}
        selectedKey={selected}
        onSelect={({ fingerprint }) => onSelect(fingerprint)}
        rowHeight={52}
      />
    </ListStates>
  )
}

/** What a group is about: the reason, or the stage where nobody recorded one. */
export function groupTitle({ reason, stage }: FailureGroup): string {
  if (reason) return formatErrorCode(reason)
  return stage ? `Failed ${stageWords(stage)}` : 'No reason was recorded'
}

const jobs: Column<FailureGroup> = {
  id: 'jobs',
  header: 'Jobs',
  width: '56px',
  align: 'right',
  render: (group) => <span className="text-md font-semibold">{formatCount(group.jobs)}</span>,
}

const reason: Column<FailureGroup> = {
  id: 'reason',
  header: 'What went wrong',
  width: 'minmax(14rem, 3fr)',
  render: (group) => (
    <span className="flex min-w-0 items-center gap-3">
      <Thumbnail src={group.sample.thumbnail_url} name={group.sample.name} size={36} />
      <span className="flex min-w-0 flex-col">
        <span className="truncate font-medium">{groupTitle(group)}</span>
        <span className="truncate text-sm text-ink-3">{group.message ?? 'without a message'}</span>
      </span>
    </span>
  ),
}

const stage: Column<FailureGroup> = {
  id: 'stage',
  header: 'While',
  width: 'minmax(8rem, 1fr)',
  render: (group) => (group.stage ? stageWords(group.stage) : <span className="text-ink-3">{unknown}</span>),
}

const trend: Column<FailureGroup> = {
  id: 'trend',
  header: `Last ${trendHours} h`,
  width: '88px',
  render: (group) => <TrendLine group={group} />,
}

const helps: Column<FailureGroup> = {
  id: 'helps',
  header: 'A retry',
  width: '88px',
  render: (group) => <span className="text-ink-2">{helpWords[group.retry_helps]}</span>,
}

const first: Column<FailureGroup> = {
  id: 'first',
  header: 'First seen',
  width: '84px',
  align: 'right',
  render: (group) => <RelativeTime date={group.first_at} />,
}

const last: Column<FailureGroup> = {
  id: 'last',
  header: 'Last seen',
  width: '84px',
  align: 'right',
  render: (group) => <RelativeTime date={group.last_at} />,
}

const allColumns = [jobs, reason, stage, trend, helps, first, last]
const fewColumns = [jobs, reason, trend, last]

export const helpWords: Record<FailureGroup['retry_helps'], string> = {
  yes: 'can help',
  later: 'helps later',
  no: 'won’t help',
}

/** The failures of each hour of a day. */
function TrendLine({ group }: { group: FailureGroup }) {
  const total = group.trend.reduce((sum, count) => sum + count, 0)
  const lastHour = group.trend.at(-1) ?? 0
  return (
    <Sparkline
      values={group.trend}
      color="second"
      summary={`${formatAmount(total, 'failure')} in the last ${trendHours} hours, ${formatCount(lastHour)} in the last one`}
    />
  )
}
