import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Job } from '../../../../core/jobs/contract'
import type { JobDetail as Detail } from '../../../../core/jobs/contract-detail'
import { StatusDot } from '../../../kit/badge'
import { DetailPane } from '../../../kit/detail-pane'
import { formatClock, formatDateTime, formatDuration } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Facts, Section } from '../../../kit/section'
import { Skeleton } from '../../../kit/skeleton'
import { RelativeTime, useNow } from '../../../kit/time'
import { useApi } from '../../../rpc/connection'
import { describeError, errorCode } from '../../../rpc/errors'
import { useVisible } from '../../../rpc/use-visible'
import { priorityWords } from '../bulk/bulk-words'
import type { BulkAsk } from '../bulk/use-bulk-plan'
import {
  failureHint,
  formatErrorCode,
  formatJobType,
  isCancelled,
  jobState,
  kindWords,
  runTime,
  waitTime,
} from '../job-words'
import { Attempts } from './attempts'
import { JobButtons } from './job-buttons'
import { JobMatches } from './job-matches'
import { JobPhoto } from './job-photo'
import { type Walk, WalkButtons } from './walk-buttons'

/** One job: its photo and what was found, how each attempt went, what it found, and why it failed. */
export function JobDetail({
  of: { id, kind },
  summary,
  walk,
  onAsk,
  onClose,
}: {
  of: Pick<Job, 'id' | 'kind'>
  /** What the list knows of it; undefined for a job that a link leads to. */
  summary: Job | undefined
  walk: Walk
  onAsk: (ask: BulkAsk) => void
  onClose: () => void
}) {
  const query = useQuery({
    ...useApi().jobs.get.queryOptions({ input: { id, kind } }),
    enabled: useVisible(),
  })
  const detail = query.data
  const job = detail ?? summary
  return (
    <DetailPane
      label="Job"
      title={job?.name ?? (job ? 'No name' : 'Job')}
      subtitle={job && (kind === 'face' ? `Face, for ${formatJobType(job.job_type)}` : kindWords[kind])}
      onClose={onClose}
      width={408}
      aside={<WalkButtons walk={walk} />}
      actions={job && <JobButtons job={job} detail={detail} onAsk={onAsk} />}
    >
      {query.error && !detail && (
        <Notice tone={errorCode(query.error) === 'NOT_FOUND' ? 'info' : 'bad'}>
          {errorCode(query.error) === 'NOT_FOUND'
            ? 'This job is gone: it went with its photo.'
            : describeError(query.error)}
        </Notice>
      )}
      {job && <Body job={job} detail={detail} hasFailed={query.error !== null} />}
      {!job && query.isPending && <Skeleton className="h-60 rounded-md" />}
    </DetailPane>
  )
}

function Body({ job, detail, hasFailed }: { job: Job; detail: Detail | undefined; hasFailed: boolean }) {
  const state = jobState(job)
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <StatusDot tone={state.tone} isLive={job.status === 'processing'}>
          <span className="font-medium">{state.words}</span>
          <span className="text-ink-2">
            , attempt {job.attempts} of {job.max_attempts}
          </span>
        </StatusDot>
        <SubjectLink job={job} />
      </div>
      <Failure job={job} advice={detail?.advice ?? null} />
      {!hasFailed && <JobPhoto job={job} detail={detail} />}
      {detail && (
        <Section title="Attempts">
          <Attempts timeline={detail.timeline} />
        </Section>
      )}
      {detail && <JobMatches detail={detail} />}
      <Times job={job} />
    </>
  )
}

function SubjectLink({ job }: { job: Job }) {
  const className = 'shrink-0 font-medium text-accent-ink underline-offset-2 hover:underline'
  return job.kind === 'celebrity' ? (
    <Link to="/celebrities" search={{ id: job.subject_id }} className={className}>
      Show the celebrity
    </Link>
  ) : (
    <Link to="/people" search={{ id: job.owner_id ?? undefined }} className={className}>
      Show the person
    </Link>
  )
}

const failureLooks = {
  cancelled: { title: 'Why it ended', box: 'bg-raised', ink: 'text-ink' },
  failed: { title: 'Why it failed', box: 'bg-bad-soft', ink: 'text-bad' },
  retrying: { title: 'What the last attempt said', box: 'bg-warning-soft', ink: 'text-warning' },
}

/** What the last attempt said, and what to do about it. */
function Failure({ job, advice }: { job: Job; advice: string | null }) {
  if (!job.error_message && !job.error_code) return null
  const isFinal = job.status === 'failed'
  const look = isCancelled(job) ? 'cancelled' : isFinal ? 'failed' : 'retrying'
  const { title, box, ink } = failureLooks[look]
  return (
    <Section title={title}>
      <div className={`rounded-md px-3 py-2 ${box}`}>
        {job.error_code && <p className={`font-medium ${ink}`}>{formatErrorCode(job.error_code)}</p>}
        {job.error_message && <p className="break-words select-text">{job.error_message}</p>}
      </div>
      {isFinal && <p className="text-pretty text-ink-2">{advice ?? failureHint(job)}</p>}
      {job.dismissed_at && (
        <p className="text-ink-3">
          Dismissed <RelativeTime date={job.dismissed_at} />.
        </p>
      )}
    </Section>
  )
}

function Times({ job }: { job: Job }) {
  const now = useNow()
  const took = runTime(job, now)
  return (
    <Section title="Times">
      <Facts
        facts={[
          ['Created', formatDateTime(job.created_at)],
          ['Waited', formatDuration(waitTime(job, now))],
          ['Started', job.started_at && formatClock(job.started_at)],
          [job.completed_at ? 'Took' : 'Running for', took === undefined ? null : formatDuration(took)],
          ['Ended', job.completed_at && formatClock(job.completed_at)],
          [
            'Next attempt',
            job.status === 'pending' && job.attempts > 0 ? (
              <RelativeTime key="next" date={job.next_attempt_at} />
            ) : null,
          ],
          ['Priority', job.priority === 0 ? null : priorityWords(job.priority)],
          ['Worker', job.worker_id ?? 'nobody now'],
          [
            'Job',
            <span key="job" className="font-mono text-sm select-all">
              {job.id}
            </span>,
          ],
        ]}
      />
    </Section>
  )
}
