import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import type { Job } from '../../../core/jobs/contract'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { DetailPane } from '../../kit/detail-pane'
import { formatClock, formatDate, formatDuration } from '../../kit/format'
import { KeyHint } from '../../kit/key-hint'
import { Facts, Section } from '../../kit/section'
import { Thumbnail } from '../../kit/thumbnail'
import { RelativeTime, useNow } from '../../kit/time'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useShortcut } from '../../kit/use-shortcut'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { isAtLeast, useMe } from '../shell/me'
import {
  failureHint,
  formatErrorCode,
  formatJobType,
  kindWords,
  runTime,
  statusTones,
  statusWords,
  waitTime,
} from './job-words'

/** One job: whose photo, how it went, and why it failed. */
export function JobDetail({
  job,
  onClose,
  onRetried,
}: {
  job: Job
  onClose: () => void
  onRetried: () => void
}) {
  const { role } = useMe()
  const canRetry = job.status === 'failed' && isAtLeast(role, 'curator')
  return (
    <DetailPane
      label="Job"
      title={job.name ?? 'No name'}
      subtitle={job.kind === 'face' ? `Face, for ${formatJobType(job.job_type)}` : kindWords[job.kind]}
      onClose={onClose}
      actions={canRetry && <RetryJob job={job} onRetried={onRetried} />}
    >
      <div className="flex gap-3">
        <Thumbnail src={job.thumbnail_url} name={job.name} size={88} className="rounded-md" />
        <div className="flex min-w-0 flex-col gap-1 py-1">
          <StatusDot tone={statusTones[job.status]} isLive={job.status === 'processing'}>
            <span className="font-medium">{statusWords[job.status]}</span>
          </StatusDot>
          <span className="text-ink-2">
            Attempt {job.attempts} of {job.max_attempts}
          </span>
          <SubjectLink job={job} />
        </div>
      </div>
      <Failure job={job} />
      <Times job={job} />
      <Section title="Worked on by">
        <Facts
          facts={[
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
    </DetailPane>
  )
}

function SubjectLink({ job }: { job: Job }) {
  const className = 'w-fit font-medium text-accent-ink underline-offset-2 hover:underline'
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

/** What the last attempt said, and what to do about it. */
function Failure({ job }: { job: Job }) {
  if (!job.error_message && !job.error_code) return null
  const isFinal = job.status === 'failed'
  return (
    <Section title={isFinal ? 'Why it failed' : 'What the last attempt said'}>
      <div className={isFinal ? 'rounded-md bg-bad-soft px-3 py-2' : 'rounded-md bg-warning-soft px-3 py-2'}>
        {job.error_code && (
          <p className={isFinal ? 'font-medium text-bad' : 'font-medium text-warning'}>
            {formatErrorCode(job.error_code)}
          </p>
        )}
        {job.error_message && <p className="break-words select-text">{job.error_message}</p>}
      </div>
      {isFinal && <p className="text-pretty text-ink-2">{failureHint(job)}</p>}
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
          ['Created', `${formatDate(job.created_at)}, ${formatClock(job.created_at)}`],
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
        ]}
      />
    </Section>
  )
}

function RetryJob({ job, onRetried }: { job: Job; onRetried: () => void }) {
  const api = useApi()
  const retry = useMutation(
    api.jobs.retry.mutationOptions({
      onSuccess: () => {
        notifyDone(`The job of ${job.name ?? 'this photo'} starts anew`)
        onRetried()
      },
      onError: (error) => notifyFailed('The job could not be started anew', describeError(error)),
    }),
  )
  const start = () => retry.mutate({ id: job.id, kind: job.kind })
  useShortcut('r', start, { isDisabled: retry.isPending })
  return (
    <Button variant="primary" icon={<RotateCw aria-hidden />} isPending={retry.isPending} onPress={start}>
      Retry
      <KeyHint keys={['R']} />
    </Button>
  )
}
