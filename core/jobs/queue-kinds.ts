import { sql, type RawBuilder } from 'kysely'
import type { JobStage } from '../model/job-stages'
import type { JobKind } from './contract'

/** A queue: a table of jobs whose columns are named alike (core/database/queue-tables.ts). In SQL its row is `job`. */
export interface Queue {
  table: RawBuilder<unknown>
  /** What the job is about, of `job`. */
  subject: RawBuilder<unknown>
  jobType: RawBuilder<unknown>
  /** The column of `job_attempts`, and of `job_checkpoints` where there is one, that names a job of this queue. */
  key: RawBuilder<unknown>
}

export const queues: Record<JobKind, Queue> = {
  face: {
    table: sql`public.match_jobs`,
    subject: sql`job.face_id`,
    jobType: sql`coalesce(job.job_type, 'both')`,
    key: sql`match_job_id`,
  },
  celebrity: {
    table: sql`public.celebrity_jobs`,
    subject: sql`job.celebrity_id`,
    jobType: sql`'celebrity_match'`,
    key: sql`celebrity_job_id`,
  },
}

export const kinds = Object.keys(queues) as JobKind[]

/** An interval. */
export const seconds = (count: number) => sql`make_interval(secs => ${count}::float8)`

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
  /** Workers that were lost with it since a person last started it: it may be what they died of. */
  lostWorkers: number
  /** Where a person wants it to start. */
  startStage: JobStage | null
}

/** Whether `job` still is this claim of it. */
export const heldBy = (job: ClaimedJob) =>
  sql`job.id = ${job.id} and job.status = 'processing' and job.worker_id = ${job.workerId} and job.attempts = ${job.attempt}`
