import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { JobStatus } from '../contract'
import { type End, exchange } from './exchange'
import { type ClaimedJob, type Failure, heldBy, kinds, queues } from './kinds'

export type { End } from './exchange'
export type { Failure } from './kinds'

/** How attempts end: the job and the line of the attempt, in the caller's transaction with whatever came of it. */

type Tx = Transaction<Tables>

/** Locks the job's row until the transaction ends. False where the job is no longer ours, or gone with its subject. */
export async function hold(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const { rows } = await sql`
    select from ${queues[job.kind].table} as job where ${heldBy(job)} for update`.execute(tx)
  return rows.length > 0
}

/**
 * Ends attempts, with a line in `job_attempts` for each that began. Gives what became of each job by its id: `failed`
 * for good, `pending` again, `completed`; one that is no longer ours, or gone with its subject, is not there.
 */
export async function end(tx: Tx, ends: readonly End[]): Promise<Map<string, JobStatus>> {
  const became = new Map<string, JobStatus>()
  for (const kind of kinds) {
    for (const workerId of new Set(ends.map(({ job }) => job.workerId))) {
      const mine = ends.filter(({ job }) => job.kind === kind && job.workerId === workerId)
      if (mine.length === 0) continue
      const { ended } = await exchange(tx, { kind, workerId, ends: mine })
      for (const [id, status] of ended) became.set(id, status)
    }
  }
  return became
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
