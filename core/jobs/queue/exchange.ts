import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { AttemptRecord } from '../worker/attempt'
import type { JobKind, JobStatus } from '../contract'
import { fingerprintOf } from './fingerprint'
import { type ClaimedJob, type Failure, queues } from './kinds'

/** How an attempt ends. One that never began has no record, and no line in `job_attempts`. Default: the job's notes. */
export type End = { job: ClaimedJob; record?: AttemptRecord | null } & (
  | { as: 'completed' }
  | { as: 'failed'; failure: Failure }
  /** Given back as if it had not been tried; `postponed` because something that jobs need is away. */
  | { as: 'released' | 'postponed'; delaySeconds: number; code?: string | undefined; reason?: string }
)

interface Exchange {
  kind: JobKind
  workerId: string
  /** Of this queue, and held by this worker. */
  ends?: readonly End[]
  /** Claims at most so many. Default: none. */
  limit?: number
  leaseSeconds?: number
  ahead?: boolean
  spaces?: readonly string[]
}

/**
 * Ends attempts of a worker and claims the next jobs for it, in one statement: what a statement sets off costs nearly the
 * same for twenty rows as for ten. Jobs that are not the worker's any more are not among the ended ones.
 */
export async function exchange(tx: Transaction<Tables>, options: Exchange) {
  const { kind, workerId, ends = [], limit = 0, leaseSeconds = 0, ahead = false, spaces = [] } = options
  const { rows } = await sql<{ done: string }>`
    select ${queues[kind].exchange}(
      ${JSON.stringify(ends.map(endRow))}, ${workerId}, ${limit}, ${leaseSeconds}, ${ahead}, ${spaces}::text[]
    ) as done`.execute(tx)
  const { ended, claimed } = JSON.parse(rows[0].done) as {
    ended: Record<string, JobStatus>
    claimed: Omit<ClaimedJob, 'kind' | 'workerId'>[]
  }
  return {
    ended: new Map(Object.entries(ended)),
    claimed: claimed.map((job): ClaimedJob => ({ ...job, kind, workerId })),
  }
}

/** What is not there is not said, since reading it costs time, and mostly there is little. */
function endRow(end: End) {
  const { job, record = job.notes?.record() } = end
  const failure = end.as === 'failed' ? end.failure : undefined
  const stage = failure && (failure.stage ?? job.notes?.stage() ?? null)
  const back = end.as === 'postponed' || end.as === 'released' ? end : undefined
  return {
    ...{ id: job.id, attempt: job.attempt, how: end.as === 'completed' ? undefined : end.as },
    permanent: failure?.permanent,
    delay: (failure ?? back)?.delaySeconds,
    code: failure?.code ?? back?.code,
    message: failure?.message ?? back?.reason,
    stage: stage ?? undefined,
    fingerprint:
      failure && fingerprintOf({ stage: stage ?? null, code: failure.code, message: failure.message }),
    ...(record && {
      pack: record.pack ?? undefined,
      elapsed: record.elapsedMs,
      stages: record.stages,
      log: record.log.length === 0 ? undefined : record.log,
    }),
  }
}
