import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { JobStage } from '../../model/job-stages'
import type { AttemptRecord } from '../worker/attempt'
import type { JobKind, JobStatus } from '../contract'
import { fingerprintOf } from './fingerprint'
import { type ClaimedJob, heldBy, kinds, queues } from './kinds'

/** How attempts end: the job and the line of the attempt, in the caller's transaction with whatever came of it. */

type Tx = Transaction<Tables>

/** Locks the job's row until the transaction ends. False where the job is no longer ours, or gone with its subject. */
export async function hold(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const { rows } = await sql`
    select from ${queues[job.kind].table} as job where ${heldBy(job)} for update`.execute(tx)
  return rows.length > 0
}

export interface Failure {
  /** For programs: an image reason, or what else went wrong. */
  code: string
  /** For a person. */
  message: string
  /** The same input fails the same way: no retry. */
  permanent: boolean
  /** Seconds until the next attempt, where there is one. */
  delaySeconds: number
  /** Where it broke off. Default: as the job's notes say. */
  stage?: JobStage | null
}

/** How an attempt ends. One that never began has no record, and no line in `job_attempts`. Default: the job's notes. */
export type End = { job: ClaimedJob; record?: AttemptRecord | null } & (
  | { as: 'completed' }
  | { as: 'failed'; failure: Failure }
  /** Given back as if it had not been tried; `postponed` because something that jobs need is away. */
  | { as: 'released' | 'postponed'; delaySeconds: number; code?: string | undefined; reason?: string }
)

/**
 * Ends attempts, with a line in `job_attempts` for each that began. Gives what became of each job by its id: `failed`
 * for good, `pending` again, `completed`; one that is no longer ours, or gone with its subject, is not there.
 */
export async function end(tx: Tx, ends: readonly End[]): Promise<Map<string, JobStatus>> {
  const became = new Map<string, JobStatus>()
  for (const kind of kinds) {
    const mine = ends.filter(({ job }) => job.kind === kind)
    if (mine.length === 0) continue
    const { rows } = await sql<{ ended: Record<string, JobStatus> }>`
      select ${ending(kind, mine)} as ended`.execute(tx)
    for (const [id, status] of Object.entries(rows[0].ended)) became.set(id, status)
  }
  return became
}

/** The call that ends attempts at jobs of one queue; gives {id: status}. */
export const ending = (kind: JobKind, ends: readonly End[]) =>
  sql`${queues[kind].end}(${JSON.stringify(ends.map(endRow))})`

/** What is not there is not said, since reading it costs time, and mostly there is little. */
function endRow(end: End) {
  const { job, record = job.notes?.record() } = end
  const failure = end.as === 'failed' ? end.failure : undefined
  const stage = failure && (failure.stage ?? job.notes?.stage() ?? null)
  const back = end.as === 'postponed' || end.as === 'released' ? end : undefined
  return {
    ...{ id: job.id, worker: job.workerId, attempt: job.attempt, how: end.as },
    permanent: failure?.permanent,
    delay: (failure ?? back)?.delaySeconds,
    code: failure?.code ?? back?.code,
    message: failure?.message ?? back?.reason,
    stage: stage ?? undefined,
    fingerprint:
      failure && fingerprintOf({ stage: stage ?? null, code: failure.code, message: failure.message }),
    ...(record && {
      begun: true,
      pack: record.pack ?? undefined,
      elapsed: record.elapsedMs,
      stages: record.stages,
      log: record.log,
    }),
  }
}

/** Ends a job well. False where it is no longer ours. */
export async function complete(tx: Tx, job: ClaimedJob): Promise<boolean> {
  return (await end(tx, [{ as: 'completed', job }])).has(job.id)
}

/** Ends an attempt badly: `failed` for good or `pending` again; null where the job is no longer ours. */
export async function fail(tx: Tx, job: ClaimedJob, failure: Failure): Promise<'failed' | 'pending' | null> {
  const status = (await end(tx, [{ as: 'failed', job, failure }])).get(job.id)
  return (status as 'failed' | 'pending' | undefined) ?? null
}

/** Gives a job back as if it had not been tried: at shutdown, or where the attempt never had a chance. */
export async function release(tx: Tx, job: ClaimedJob, delaySeconds = 0): Promise<boolean> {
  return (await end(tx, [{ as: 'released', job, delaySeconds }])).has(job.id)
}

/** Writes down what a worker did of a job that was called off meanwhile; nothing where it was taken from it otherwise. */
export async function noteCancelled(tx: Tx, job: ClaimedJob): Promise<void> {
  const { table, key } = queues[job.kind]
  const record = job.notes?.record()
  if (!record) return
  await sql`
    insert into public.job_attempts (${key}, attempt, worker_id, pack, started_at, outcome, error_code, error_message, stages, log)
    select id, attempts, worker_id, ${record.pack}, now() - make_interval(secs => ${record.elapsedMs / 1000}::float8),
      'cancelled', error_code, error_message, ${JSON.stringify(record.stages)}::text::jsonb, ${JSON.stringify(record.log)}::text::jsonb
    from ${table}
    where id = ${job.id} and status = 'failed' and error_code = 'cancelled' and worker_id = ${job.workerId}
      and attempts = ${job.attempt}`.execute(tx)
}
