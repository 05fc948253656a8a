import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { JobStage } from '../../model/job-stages'
import type { JobKind } from '../contract'
import { queues } from './kinds'

/**
 * What people do to jobs. Each call changes at most `limit` jobs of one queue, oldest first, and gives their ids: what
 * was changed no longer qualifies, so that whoever wants all calls again until fewer than `limit` come back. May run as
 * a curator: nothing but the queue is written.
 */

type Tx = Transaction<Tables>

/** @example sql<SqlBool>`job.error_code = ${reason}`: a condition on the queue's row, which is `job` */
export type JobCondition = RawBuilder<SqlBool>

interface Chunk {
  /** Default 1000. */
  limit?: number | undefined
}

/** A job may start anew: it has come to an end. */
export const mayRetry = sql<SqlBool>`job.status in ('completed', 'failed')`
/** A job may be called off, or put before others. */
export const mayCancel = sql<SqlBool>`job.status in ('pending', 'processing')`

/** What a cancelled job says. */
export const cancelled = { code: 'cancelled', message: 'Somebody of the staff cancelled the job.' }
/** It has failed of itself: nobody called it off. */
export const notCancelled = sql<SqlBool>`error_code is distinct from ${sql.lit(cancelled.code)}`

/**
 * Jobs that ended start anew, with all their attempts, a dismissal forgotten. Failed ones only, unless `completed`.
 * @param options.fromStage `fetch` to `attributes`: everything anew, what an earlier attempt found out is not used.
 *   `search` or `write`: with what was found out before, where that is still there and by today's model; else everything.
 *   Not given: the worker decides, and starts at the stage that failed where it can.
 */
export function retry(
  tx: Tx,
  kind: JobKind,
  which: JobCondition,
  options: Chunk & { fromStage?: JobStage | undefined; completed?: boolean | undefined } = {},
): Promise<string[]> {
  const { fromStage = null, completed = false, limit } = options
  return change(tx, kind, {
    which: sql<SqlBool>`${completed ? mayRetry : sql`job.status = 'failed'`} and (${which})`,
    limit,
    set: sql`status = 'pending', attempts = 0, lost_workers = 0, start_stage = ${fromStage}::text,
      next_attempt_at = now(), worker_id = null, lease_until = null, started_at = null, completed_at = null,
      error_code = null, error_message = null, failed_stage = null, fingerprint = null, dismissed_at = null`,
  })
}

/**
 * Calls off jobs that wait or run: they count as failed, with the reason `cancelled`. A worker that has one writes
 * nothing of it any more, and stops within a third of its lease.
 */
export function cancel(tx: Tx, kind: JobKind, which: JobCondition, { limit }: Chunk = {}): Promise<string[]> {
  return change(tx, kind, {
    which: sql<SqlBool>`${mayCancel} and (${which})`,
    limit,
    set: sql`status = 'failed', completed_at = now(), lease_until = null, error_code = ${cancelled.code},
      error_message = ${cancelled.message}, failed_stage = null, fingerprint = null`,
  })
}

/** Puts jobs that wait or run before others, or behind them. @param priority -32768 to 32767, higher first, usually 0 */
export function prioritise(
  tx: Tx,
  kind: JobKind,
  which: JobCondition,
  priority: number,
  { limit }: Chunk = {},
): Promise<string[]> {
  return change(tx, kind, {
    which: sql<SqlBool>`${mayCancel} and job.priority <> ${priority} and (${which})`,
    limit,
    set: sql`priority = ${priority}`,
  })
}

/** Says of failures that nobody wants them retried; with `undo`, that they are to be seen again. */
export function dismiss(
  tx: Tx,
  kind: JobKind,
  which: JobCondition,
  { limit, undo = false }: Chunk & { undo?: boolean } = {},
): Promise<string[]> {
  const standing = undo ? sql`job.dismissed_at is not null` : sql`job.dismissed_at is null`
  return change(tx, kind, {
    which: sql<SqlBool>`job.status = 'failed' and ${standing} and (${which})`,
    limit,
    set: undo ? sql`dismissed_at = null` : sql`dismissed_at = now()`,
  })
}

interface Change extends Chunk {
  which: JobCondition
  set: RawBuilder<unknown>
}

async function change(tx: Tx, kind: JobKind, { which, set, limit = 1000 }: Change): Promise<string[]> {
  const { table } = queues[kind]
  const { rows } = await sql<{ id: string }>`
    with chosen as materialized (
      select job.id from ${table} as job where ${which} order by job.created_at, job.id limit ${limit} for update
    )
    update ${table} as job set ${set} where job.id in (select id from chosen)
    returning job.id`.execute(tx)
  return rows.map(({ id }) => id)
}
