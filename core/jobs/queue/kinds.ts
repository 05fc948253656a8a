import { sql, type RawBuilder } from 'kysely'
import type { JobStage } from '../../model/job-stages'
import type { AttemptNotes } from '../worker/attempt'
import type { JobKind } from '../contract'

/** A queue: a table of jobs whose columns are named alike (core/database/queue-tables.ts). In SQL its row is `job`. */
export interface Queue {
  table: RawBuilder<unknown>
  /** What the job is about, of `job`. */
  subject: RawBuilder<unknown>
  jobType: RawBuilder<unknown>
  /** The column of `job_attempts`, and of `job_checkpoints` where there is one, that names a job of this queue. */
  key: RawBuilder<unknown>
  /** The function of the database that ends attempts of a worker and claims the next jobs for it. */
  exchange: RawBuilder<unknown>
  /**
   * Which jobs a worker may take, of the table's own columns.
   * @param spaces that it has models for besides the active one
   */
  fits?: (spaces: readonly string[]) => RawBuilder<unknown>
}

export const queues: Record<JobKind, Queue> = {
  face: {
    table: sql`public.match_jobs`,
    subject: sql`job.face_id`,
    jobType: sql`coalesce(job.job_type, 'both')`,
    key: sql`match_job_id`,
    exchange: sql`private.exchange_face_jobs`,
  },
  celebrity: {
    table: sql`public.celebrity_jobs`,
    subject: sql`job.celebrity_id`,
    jobType: sql`'celebrity_match'`,
    key: sql`celebrity_job_id`,
    exchange: sql`private.exchange_celebrity_jobs`,
  },
  embedding: {
    table: sql`public.embedding_jobs`,
    subject: sql`coalesce(job.face_id, job.celebrity_id)`,
    jobType: sql`'both'`,
    key: sql`embedding_job_id`,
    exchange: sql`private.exchange_embedding_jobs`,
    fits: (spaces) => sql`(switch_id is null or switch_id in (
      select s.id from public.model_switches s where s.state = 'running' and s.to_model = any (${spaces}::text[])))`,
  },
}

export const kinds = Object.keys(queues) as JobKind[]

/** The condition under which a worker with these spaces may take a job of a queue. */
export const fitting = (kind: JobKind, spaces: readonly string[] = []) =>
  queues[kind].fits?.(spaces) ?? sql`true`

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
  /** What there is to say of this attempt; whatever ends it writes that down. Not there where it never began. */
  notes?: AttemptNotes
}

/** Whether `job` still is this claim of it. */
export const heldBy = (job: ClaimedJob) =>
  sql`job.id = ${job.id} and job.status = 'processing' and job.worker_id = ${job.workerId} and job.attempts = ${job.attempt}`

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
