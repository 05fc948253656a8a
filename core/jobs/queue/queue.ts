import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import type { JobKind, JobStatus } from '../contract'
import { fingerprintOf } from './fingerprint'
import { notCancelled, retry as retryWhich } from './actions'
import { type End, exchange } from './exchange'
import { type ClaimedJob, fitting, heldBy, kinds, queues, seconds } from './kinds'

export * from './ends'
export type { ClaimedJob } from './kinds'

/**
 * The queue: rows of `match_jobs` (faces, shared with other clients), `celebrity_jobs` and `embedding_jobs`. All times are
 * the database's, so that workers' clocks need not agree. A `processing` row without a lease belongs to another client and
 * is left alone, unless a setting says after how long it counts as lost.
 */

type Tx = Transaction<Tables>

export interface Claim {
  kind: JobKind
  workerId: string
  /** At most so many. */
  limit: number
  leaseSeconds: number
  /** They wait for a place: {@link begin} says when each of them begins. Default: they begin with the claim. */
  ahead?: boolean
  /** Whether jobs are taken over whose worker let its lease run out. Default: yes. */
  lost?: boolean
  /** Minutes after which a `processing` job without a lease is lost, too. Default: never. */
  foreignStaleMinutes?: number | null
  /** Spaces that this worker has models for besides the active one: it takes no `embedding` job of another. */
  spaces?: readonly string[]
  /** A job that so many workers were lost with is not tried again until a person wants it. Default 2. */
  quarantineAfter?: number
}

/**
 * Takes jobs whose worker was lost, then those that are due, by priority and then oldest first. An attempt counts from
 * here on. A job that has lost its worker in its last attempt, or too often, fails instead; one that never began has had
 * no attempt, and its worker died of something else.
 */
export async function claim(tx: Tx, options: Claim): Promise<ClaimedJob[]> {
  const { limit, lost = true } = options
  const taken = lost ? await takeLost(tx, options) : []
  if (taken.length === limit) return taken
  const { claimed } = await exchange(tx, { ...options, limit: limit - taken.length })
  return [...taken, ...claimed]
}

/**
 * Ends a batch and claims the next one, for whoever works through a queue batch by batch: one way to the server and back
 * for both. Jobs whose worker was lost are left to {@link claim}.
 * @param ends of the queue that is claimed from, and of the worker that claims
 */
export const endAndClaim = (tx: Tx, ends: readonly End[], options: Omit<Claim, 'lost'>) =>
  exchange(tx, { ...options, ends })

type ClaimedRow = Omit<ClaimedJob, 'kind' | 'workerId'>

const becomesMine = ({ workerId, leaseSeconds, ahead = false }: Claim) => sql`
  status = 'processing', worker_id = ${workerId}, started_at = ${ahead ? sql`null` : sql`now()`},
  completed_at = null, lease_until = now() + ${seconds(leaseSeconds)}`

const claimed = (subject: RawBuilder<unknown>, jobType: RawBuilder<unknown>) => sql`
  job.id, ${subject} as "subjectId", ${jobType} as "jobType", job.attempts as attempt,
  job.lost_workers as "lostWorkers", job.start_stage as "startStage"`

const lostMessages = {
  worker_lost: 'The worker that had this job was lost in its last attempt. Retry the job to start anew.',
  quarantined:
    'Workers were lost with this job, again and again: it may be what they died of. Look at the photo before you retry it.',
}
const lostFingerprint = (code: keyof typeof lostMessages) =>
  fingerprintOf({ stage: null, code, message: lostMessages[code] })

/** Jobs whose worker is gone: each attempt that had begun is written down; what may be tried again is ours. */
async function takeLost(tx: Tx, options: Claim): Promise<ClaimedJob[]> {
  const { kind, workerId, limit, foreignStaleMinutes = null, quarantineAfter = 2 } = options
  const { table, subject, jobType, key } = queues[kind]
  const foreign =
    foreignStaleMinutes === null
      ? sql`false`
      : sql`lease_until is null and coalesce(started_at, created_at) < now() - ${seconds(foreignStaleMinutes * 60)}`
  // Other clients say nothing of when they begin.
  const hasBegun = sql`(started_at is not null or lease_until is null)`
  const isQuarantined = sql`lost.times >= ${quarantineAfter}`
  const either = (texts: Record<keyof typeof lostMessages, string>) =>
    sql`case when ${isQuarantined} then ${texts.quarantined} else ${texts.worker_lost} end`
  const { rows } = await sql<ClaimedRow>`
    with lost as materialized (
      select id, attempts, worker_id, started_at, ${hasBegun} as has_begun,
        lost_workers + ${hasBegun}::integer as times,
        ${hasBegun} and (attempts >= max_attempts or lost_workers + 1 >= ${quarantineAfter}) as is_over
      from ${table}
      where status = 'processing' and (lease_until < now() or ${foreign}) and ${fitting(kind, options.spaces)}
      order by lease_until
      limit ${limit}
      for update skip locked
    ), told as (
      insert into public.job_attempts (${key}, attempt, worker_id, started_at, outcome, error_code, error_message, fingerprint)
      select id, attempts, worker_id, coalesce(started_at, now()), 'worker_lost', 'worker_lost',
        ${'The worker was lost.'}, ${lostFingerprint('worker_lost')}
      from lost
      where has_begun
    ), buried as (
      update ${table} as job
      set status = 'failed', completed_at = now(), lease_until = null, lost_workers = lost.times, failed_stage = null,
        error_code = ${either({ worker_lost: 'worker_lost', quarantined: 'quarantined' })},
        error_message = ${either(lostMessages)},
        fingerprint = ${either({ worker_lost: lostFingerprint('worker_lost'), quarantined: lostFingerprint('quarantined') })}
      from lost
      where job.id = lost.id and lost.is_over
    )
    update ${table} as job
    set lost_workers = lost.times, attempts = job.attempts + lost.has_begun::integer, ${becomesMine(options)}
    from lost
    where job.id = lost.id and not lost.is_over
    returning ${claimed(subject, jobType)}`.execute(tx)
  return rows.map((row) => ({ ...row, kind, workerId }))
}

/** A job that was claimed ahead begins. False where it is no longer ours, or gone with its subject. */
export async function begin(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const { rows } = await sql`
    update ${queues[job.kind].table} as job set started_at = now() where ${heldBy(job)} returning job.id`.execute(
    tx,
  )
  return rows.length > 0
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
  if ((await retryWhich(tx, kind, sql<SqlBool>`job.id = ${id}`)).length > 0) return
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

/** Every failed job that nobody has dismissed or cancelled starts anew; gives how many. */
export async function retryFailed(tx: Tx): Promise<number> {
  let retried = 0
  for (const kind of kinds) {
    for (let chunk = 1000; chunk === 1000; retried += chunk) {
      chunk = (
        await retryWhich(tx, kind, sql<SqlBool>`job.dismissed_at is null and ${notCancelled}`, {
          limit: 1000,
        })
      ).length
    }
  }
  return retried
}

/** How many jobs stand in each status, all queues together. */
export async function counts(tx: Tx): Promise<Record<JobStatus, number>> {
  const { rows } = await sql<{ status: JobStatus; jobs: number }>`
    select status, count(*)::int as jobs from public.jobs group by status`.execute(tx)
  const result = { pending: 0, processing: 0, completed: 0, failed: 0 }
  for (const { status, jobs } of rows) result[status] = jobs
  return result
}

/** Jobs that a worker of these spaces has yet to end: pending, due or not, and those under a lease. */
export async function openJobs(tx: Tx, spaces: readonly string[] = []): Promise<number> {
  const open = kinds.map(
    (kind) => sql`select from ${queues[kind].table}
      where (status = 'pending' or (status = 'processing' and lease_until is not null)) and ${fitting(kind, spaces)}`,
  )
  const { rows } = await sql<{ jobs: number }>`
    select count(*)::int as jobs from (${sql.join(open, sql` union all `)}) as open`.execute(tx)
  return rows[0].jobs
}
