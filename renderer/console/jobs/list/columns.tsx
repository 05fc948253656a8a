import type { Job } from '../../../../core/jobs/contract'
import { StatusDot } from '../../../kit/badge'
import type { Column } from '../../../kit/data-table'
import { formatDuration, unknown } from '../../../kit/format'
import { Thumbnail } from '../../../kit/thumbnail'
import { RelativeTime, useNow } from '../../../kit/time'
import { priorityWords } from '../bulk/bulk-words'
import {
  formatErrorCode,
  formatJobType,
  formatLookingFor,
  isCancelled,
  jobState,
  kindWords,
  runTime,
} from '../job-words'

const status: Column<Job> = {
  id: 'status',
  header: 'Status',
  width: '96px',
  render: (job) => {
    const { words, tone } = jobState(job)
    return (
      <StatusDot tone={job.dismissed_at ? 'neutral' : tone} isLive={job.status === 'processing'}>
        {job.dismissed_at ? 'Dismissed' : words}
      </StatusDot>
    )
  },
}

const subject: Column<Job> = {
  id: 'subject',
  header: 'Whose photo',
  width: 'minmax(140px, 1.4fr)',
  render: (job) => (
    <span className="flex items-center gap-2">
      <Thumbnail src={job.thumbnail_url} name={job.name} />
      <span className="truncate font-medium">{job.name ?? 'No name'}</span>
    </span>
  ),
}

const kind: Column<Job> = { id: 'kind', header: 'Kind', width: '72px', render: (job) => kindWords[job.kind] }

const looksFor: Column<Job> = {
  id: 'type',
  header: 'Looks for',
  width: '80px',
  render: (job) => (
    <span className="text-ink-2" title={formatJobType(job.job_type)}>
      {formatLookingFor(job.job_type)}
    </span>
  ),
}

const worker: Column<Job> = {
  id: 'worker',
  header: 'Worker',
  width: 'minmax(72px, 0.8fr)',
  render: (job) => <span className="text-ink-2">{job.worker_id ?? unknown}</span>,
}

const attempts: Column<Job> = {
  id: 'attempts',
  header: 'Attempts',
  width: '64px',
  align: 'right',
  render: (job) => (
    <>
      {job.priority !== 0 && (
        <span className="text-ink-3" title={`Priority: ${priorityWords(job.priority)}`}>
          {job.priority > 0 ? '▲ ' : '▼ '}
          <span className="sr-only">priority {priorityWords(job.priority)}, </span>
        </span>
      )}
      {job.attempts} <span className="text-ink-3">of {job.max_attempts}</span>
    </>
  ),
}

const created: Column<Job> = {
  id: 'created',
  header: 'Created',
  width: '84px',
  align: 'right',
  render: (job) => <RelativeTime date={job.created_at} />,
}

const took: Column<Job> = {
  id: 'took',
  header: 'Took',
  width: '72px',
  align: 'right',
  render: (job) => <RunTime job={job} />,
}

const outcome: Column<Job> = {
  id: 'outcome',
  header: 'Error or next attempt',
  width: 'minmax(120px, 2fr)',
  render: (job) => <Outcome job={job} />,
}

/** The table's columns; beside an open detail pane the fewer. */
export function jobColumns(isNarrow: boolean): Column<Job>[] {
  return isNarrow
    ? [status, subject, attempts, created, outcome]
    : [status, subject, kind, looksFor, worker, attempts, created, took, outcome]
}

function RunTime({ job }: { job: Job }) {
  const time = runTime(job, useNow())
  return time === undefined ? <span className="text-ink-3">{unknown}</span> : formatDuration(time)
}

function Outcome({ job }: { job: Job }) {
  const now = useNow()
  const message = job.error_message ?? (job.error_code && formatErrorCode(job.error_code))
  if (job.status === 'failed') {
    return (
      <span className={job.dismissed_at || isCancelled(job) ? 'text-ink-2' : 'text-bad'}>
        {message ?? 'No reason was recorded'}
      </span>
    )
  }
  if (job.status !== 'pending') return null
  if (job.next_attempt_at <= now) return <span className="text-ink-3">waits for the worker</span>
  return (
    <span className="text-ink-2">
      again <RelativeTime date={job.next_attempt_at} />
      {message && <span className="text-ink-3"> · {message}</span>}
    </span>
  )
}
