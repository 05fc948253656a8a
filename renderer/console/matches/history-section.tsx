import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PairHistory } from '../../../core/matching/contract-pair'
import { StatusDot } from '../../kit/badge'
import { formatScore } from '../../kit/face/score-badge'
import { formatAmount, formatDateTime, formatLabel } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import type { Tone } from '../../kit/tone'
import { RelativeTime } from '../../kit/time'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ShortenedList } from '../lists/shortened-list'
import { changeWords, weightChanges, whyWords } from './history-words'
import type { PairRef } from './pair-ref'

/** How the score came to be what it is: former scores, the jobs of both faces, removals that were undone. */
export function HistorySection({ pair, names }: { pair: PairRef; names: readonly [string, string] }) {
  const query = useQuery(useApi().matching.history.queryOptions({ input: pair }))
  if (query.isError) {
    return (
      <Section title="History">
        <Notice tone="bad">{describeError(query.error)}</Notice>
      </Section>
    )
  }
  if (!query.data) return <Skeleton className="h-32 w-full" />
  const { scores, jobs, removals } = query.data
  return (
    <>
      <Section title="Scores over time" aside="newest first">
        {scores.length === 0 && <p className="text-ink-3">The score has never changed.</p>}
        <ShortenedList
          items={scores.map((score, place) => ({ ...score, former: scores[place + 1] }))}
          getKey={({ at }) => at.toISOString()}
          renderItem={(score) => <ScoreLine score={score} />}
          shown={4}
        />
      </Section>
      <Section title="Jobs of both faces" aside="newest first">
        {jobs.length === 0 && <p className="text-ink-3">No jobs are remembered.</p>}
        <ShortenedList
          items={jobs}
          getKey={({ id }) => id}
          renderItem={(job) => <JobLine job={job} name={names[job.side === 'a' ? 0 : 1]} />}
          shown={4}
        />
      </Section>
      {removals.length > 0 && (
        <Section title="Removals that were undone">
          <ul className="flex flex-col gap-1">
            {removals.map(({ id, reason, removed_at, removed_by_name, undone_by_name }) => (
              <li key={id} className="text-ink-2">
                {formatDateTime(removed_at)}, by {removed_by_name ?? 'somebody who is gone'}: “{reason}”.
                Undone by {undone_by_name ?? 'somebody who is gone'}.
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

type Score = PairHistory['scores'][number]

function ScoreLine({ score }: { score: Score & { former: Score | undefined } }) {
  const { former, weights } = score
  const changes = weightChanges(former?.weights ?? null, weights)
  return (
    <div className="grid min-h-7 grid-cols-[3rem_4rem_minmax(0,1fr)_auto] items-baseline gap-2">
      <span className="font-medium">{formatScore(score.score)}</span>
      <span className="text-ink-3">{former ? changeWords(former.score, score.score) : ''}</span>
      <span className="min-w-0 text-ink-2">
        {whyWords[score.why]}
        {changes && <span className="text-ink-3">: {changes}</span>}
      </span>
      <span className="text-ink-3">
        <RelativeTime date={score.at} />
      </span>
    </div>
  )
}

type Job = PairHistory['jobs'][number]

const jobTones: Record<Job['status'], Tone> = {
  pending: 'neutral',
  processing: 'accent',
  completed: 'good',
  failed: 'bad',
}

function JobLine({ job, name }: { job: Job; name: string }) {
  const tries = job.attempts.length
  return (
    <Link
      to="/jobs"
      search={{ id: job.id, of: job.kind }}
      className="-mx-2 grid min-h-7 grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-2 rounded-md px-2 hover:bg-raised"
      title={job.error_message ?? undefined}
    >
      <StatusDot tone={jobTones[job.status]}>{formatLabel(job.status)}</StatusDot>
      <span className="truncate text-ink-2">
        {name}
        {job.job_type && `, ${formatLabel(job.job_type).toLowerCase()}`}
        {tries > 1 && `, ${formatAmount(tries, 'attempt')}`}
        {job.error_message && `: ${job.error_message}`}
      </span>
      <span className="text-ink-3">
        <RelativeTime date={job.completed_at ?? job.created_at} />
      </span>
    </Link>
  )
}
