import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { JobKind, JobStatus } from './contract'

/**
 * The queue: rows of `match_jobs` (faces, shared with other clients) and `celebrity_jobs`. All times are the database's,
 * so that workers' clocks need not agree. A `processing` row without a lease belongs to another client and is left alone.
 */

type Tx = Transaction<Tables>

/** A job that this worker holds. `attempt` fences: after a takeover the earlier holder's writes meet no row. */
export interface ClaimedJob {
  id: string
  kind: JobKind
  /** The face or the celebrity. */
  subjectId: string
  jobType: 'user_match' | 'celebrity_match' | 'both'
  workerId: string
  /** 1 for the first. */
  attempt: number
}

interface Queue {
  table: RawBuilder<unknown>
  subject: RawBuilder<unknown>
  jobType: RawBuilder<unknown>
}

const queues: Record<JobKind, Queue> = {
  face: {
    table: sql`public.match_jobs`,
    subject: sql`job.face_id`,
    jobType: sql`coalesce(job.job_type, 'both')`,
  },
  celebrity: {
    table: sql`public.celebrity_jobs`,
    subject: sql`job.celebrity_id`,
    jobType: sql`'celebrity_match'`,
  },
}
const kinds = Object.keys(queues) as JobKind[]

const seconds = (count: number) => sql`make_interval(secs => ${count}::float8)`

const heldBy = (job: ClaimedJob) =>
  sql`job.id = ${job.id} and job.status = 'processing' and job.worker_id = ${job.workerId} and job.attempts = ${job.attempt}`

export interface Claim {
  kind: JobKind
  workerId: string
  /** At most so many. */
  limit: number
  leaseSeconds: number
}

/**
 * Takes jobs that are due, oldest first, and those whose worker let its lease run out. An attempt counts from here on. A
 * job that lost its worker in its last attempt fails with `worker_lost` instead.
 */
export async function claim(tx: Tx, { kind, workerId, limit, leaseSeconds }: Claim): Promise<ClaimedJob[]> {
  const { table, subject, jobType } = queues[kind]
  const { rows } = await sql<Omit<ClaimedJob, 'kind' | 'workerId'>>`
    with used_up as (
      update ${table}
      set status = 'failed', completed_at = now(), lease_until = null, error_code = 'worker_lost',
        error_message = 'The worker that had this job was lost in its last attempt. Retry the job to start anew.'
      where id in (
        select id from ${table}
        where status = 'processing' and lease_until < now() and attempts >= max_attempts
        for update skip locked
      )
    ), lost as (
      select id from ${table}
      where status = 'processing' and lease_until < now() and attempts < max_attempts
      order by lease_until
      limit ${limit}
      for update skip locked
    ), due as (
      select id from ${table}
      where status = 'pending' and next_attempt_at <= now()
      order by next_attempt_at, created_at
      limit ${limit} - (select count(*) from lost)
      for update skip locked
    )
    update ${table} as job
    set status = 'processing', attempts = job.attempts + 1, worker_id = ${workerId}, started_at = now(),
      completed_at = null, lease_until = now() + ${seconds(leaseSeconds)}
    from (select id from lost union all select id from due) as taken
    where job.id = taken.id
    returning job.id, ${subject} as "subjectId", ${jobType} as "jobType", job.attempts as attempt`.execute(tx)
  return rows.map((row) => ({ ...row, kind, workerId }))
}

/** Renews the leases of the jobs that are still held; gives their ids. */
export async function heartbeat(
  tx: Tx,
  jobs: readonly ClaimedJob[],
  leaseSeconds: number,
): Promise<Set<string>> {
  const held = new Set<string>()
  for (const kind of kinds) {
    const mine = jobs.filter((job) => job.kind === kind)
    if (mine.length === 0) continue
    const { rows } = await sql<{ id: string }>`
      update ${queues[kind].table} as job set lease_until = now() + ${seconds(leaseSeconds)}
      where ${sql.join(
        mine.map((job) => sql`(${heldBy(job)})`),
        sql` or `,
      )}
      returning job.id`.execute(tx)
    for (const { id } of rows) held.add(id)
  }
  return held
}

/** Locks the job's row until the transaction ends. False where the job is no longer ours, or gone with its subject. */
export async function hold(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const { rows } = await sql`
    select from ${queues[job.kind].table} as job where ${heldBy(job)} for update`.execute(tx)
  return rows.length > 0
}

/** Ends a job well. False where it is no longer ours. */
export async function complete(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const { rows } = await sql`
    update ${queues[job.kind].table} as job
    set status = 'completed', completed_at = now(), lease_until = null, error_code = null, error_message = null
    where ${heldBy(job)}
    returning job.id`.execute(tx)
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
}

/** Ends an attempt badly: `failed` for good or `pending` again; null where the job is no longer ours. */
export async function fail(tx: Tx, job: ClaimedJob, failure: Failure): Promise<'failed' | 'pending' | null> {
  const over = sql`(${failure.permanent} or job.attempts >= job.max_attempts)`
  const { rows } = await sql<{ status: 'failed' | 'pending' }>`
    update ${queues[job.kind].table} as job
    set status = case when ${over} then 'failed' else 'pending' end,
      completed_at = case when ${over} then now() end,
      next_attempt_at = now() + ${seconds(failure.delaySeconds)},
      lease_until = null, error_code = ${failure.code}, error_message = ${failure.message}
    where ${heldBy(job)}
    returning job.status`.execute(tx)
  return rows[0]?.status ?? null
}

/** Gives a job back as if it had not been tried: at shutdown, or where the attempt never had a chance. */
export async function release(tx: Tx, job: ClaimedJob, delaySeconds = 0): Promise<boolean> {
  const { rows } = await sql`
    update ${queues[job.kind].table} as job
    set status = 'pending', attempts = job.attempts - 1, worker_id = null, lease_until = null, started_at = null,
      next_attempt_at = now() + ${seconds(delaySeconds)}
    where ${heldBy(job)}
    returning job.id`.execute(tx)
  return rows.length > 0
}

/** Lets the leases of an earlier life of this worker run out now, so that a host that was killed resumes at once. */
export async function expireLeases(tx: Tx, workerId: string): Promise<void> {
  for (const kind of kinds) {
    await sql`
      update ${queues[kind].table} set lease_until = now() - interval '1 second'
      where status = 'processing' and worker_id = ${workerId} and lease_until > now()`.execute(tx)
  }
}

/**
 * A failed job starts anew, with all its attempts.
 * @throws SemblanceError NOT_FOUND, or CONFLICT where it has not failed
 */
export async function retry(tx: Tx, kind: JobKind, id: string): Promise<void> {
  if ((await startAnew(tx, kind, sql`job.id = ${id}`)) > 0) return
  const { rows } = await sql<{ status: JobStatus }>`
    select status from ${queues[kind].table} where id = ${id}`.execute(tx)
  const found = rows[0]
  if (!found) throw new SemblanceError('NOT_FOUND', 'This job is no longer there.')
  throw new SemblanceError(
    'CONFLICT',
    `Only a failed job can be retried; this one is ${found.status}.`,
    found,
  )
}

/** Every failed job starts anew; gives how many. */
export async function retryFailed(tx: Tx): Promise<number> {
  let retried = 0
  for (const kind of kinds) retried += await startAnew(tx, kind, sql`true`)
  return retried
}

async function startAnew(tx: Tx, kind: JobKind, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql`
    update ${queues[kind].table} as job
    set status = 'pending', attempts = 0, next_attempt_at = now(), worker_id = null, lease_until = null,
      started_at = null, completed_at = null, error_code = null, error_message = null
    where job.status = 'failed' and ${which}
    returning job.id`.execute(tx)
  return rows.length
}

/** How many jobs stand in each status, both queues together. */
export async function counts(tx: Tx): Promise<Record<JobStatus, number>> {
  const { rows } = await sql<{ status: JobStatus; jobs: number }>`
    select status, count(*)::int as jobs from public.jobs group by status`.execute(tx)
  const result = { pending: 0, processing: 0, completed: 0, failed: 0 }
  for (const { status, jobs } of rows) result[status] = jobs
  return result
}

/** Jobs that some worker of ours has yet to end: pending, due or not, and those under a lease. */
export async function openJobs(tx: Tx): Promise<number> {
  const { rows } = await sql<{ jobs: number }>`
    select count(*)::int as jobs from public.jobs
    where status = 'pending' or (status = 'processing' and lease_until is not null)`.execute(tx)
  return rows[0].jobs
}
