import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { CreatedAt, Nullable, NullableTimestamp } from './column-types'

export type JobStatusValue = 'pending' | 'processing' | 'completed' | 'failed'
export type JobTypeValue = 'user_match' | 'celebrity_match' | 'both'
export type WorkerStateValue = 'starting' | 'idle' | 'busy' | 'waiting' | 'paused' | 'draining' | 'stopped'
export type WorkerInstructionValue = 'pause' | 'resume' | 'drain' | 'stop'
export type AttemptOutcomeValue =
  'completed' | 'failed' | 'retrying' | 'postponed' | 'released' | 'worker_lost' | 'cancelled'

/** What the queues share. */
export interface QueueColumns {
  id: Generated<string>
  status: Generated<JobStatusValue>
  attempts: Generated<number>
  max_attempts: Generated<number>
  error_code: Nullable<string>
  error_message: Nullable<string>
  worker_id: Nullable<string>
  lease_until: NullableTimestamp
  next_attempt_at: CreatedAt
  created_at: CreatedAt
  started_at: NullableTimestamp
  completed_at: NullableTimestamp
  /** Higher first; 0 unless somebody put it before or behind others. */
  priority: Generated<number>
  failed_stage: Nullable<string>
  /** Equal for failures of the same stage, reason and normalised message. */
  fingerprint: Nullable<string>
  dismissed_at: NullableTimestamp
  /** Workers that were lost with it since a person last started it. */
  lost_workers: Generated<number>
  /** Where a person wants it to start; null where the worker decides. */
  start_stage: Nullable<string>
}

export interface MatchJobsTable extends QueueColumns {
  face_id: string
  user_id: string
  job_type: ColumnType<JobTypeValue | null, JobTypeValue | null | undefined, JobTypeValue | null>
}

export interface CelebrityJobsTable extends QueueColumns {
  celebrity_id: string
}

/** The machines that work on the queue. Times are the database's. */
export interface WorkersTable {
  id: string
  host_name: string
  process_id: Nullable<number>
  version: string
  pack: Nullable<string>
  embedding_model: Nullable<string>
  provider: Nullable<string>
  concurrency: Generated<number>
  /** Median of the last photos. */
  photo_ms: Nullable<number>
  memory_bytes: ColumnType<string | null, number | null | undefined, number | null>
  /** The worker's clock less the database's. */
  clock_offset_ms: Nullable<number>
  state: Generated<WorkerStateValue>
  state_reason: Nullable<string>
  instruction: Nullable<WorkerInstructionValue>
  instructed_by: Nullable<string>
  instructed_at: NullableTimestamp
  started_at: CreatedAt
  last_beat_at: CreatedAt
}

/** One attempt at a job of either queue. */
export interface JobAttemptsTable {
  id: GeneratedAlways<string>
  match_job_id: Nullable<string>
  celebrity_job_id: Nullable<string>
  embedding_job_id: Nullable<string>
  attempt: number
  worker_id: Nullable<string>
  pack: Nullable<string>
  started_at: Date | string
  ended_at: CreatedAt
  outcome: AttemptOutcomeValue
  failed_stage: Nullable<string>
  error_code: Nullable<string>
  error_message: Nullable<string>
  fingerprint: Nullable<string>
  /** Milliseconds by stage, in the order they were passed. */
  stages: ColumnType<Record<string, number>, string | undefined, string>
  log: ColumnType<{ at: string; level: string; message: string }[], string | undefined, string>
}

/** What an attempt found out before it broke off. As private as the faces are; goes with its job. */
export interface JobCheckpointsTable {
  id: GeneratedAlways<string>
  match_job_id: Nullable<string>
  celebrity_job_id: Nullable<string>
  image_path: string
  image_hash: string
  embedding_model: string
  thumbnail_path: Nullable<string>
  view_path: Nullable<string>
  /** An ImageAnalysis without its images. */
  analysis: ColumnType<unknown, string, string>
  created_at: CreatedAt
}

/** View over all queues, for reading. */
export interface JobsView {
  id: GeneratedAlways<string>
  kind: GeneratedAlways<'face' | 'celebrity' | 'embedding'>
  /** The face or the celebrity. */
  subject_id: GeneratedAlways<string>
  /** The person whose face it is; null for a celebrity. */
  owner_id: GeneratedAlways<string | null>
  status: GeneratedAlways<JobStatusValue>
  job_type: GeneratedAlways<JobTypeValue | 'embedding' | null>
  attempts: GeneratedAlways<number>
  max_attempts: GeneratedAlways<number>
  error_code: GeneratedAlways<string | null>
  error_message: GeneratedAlways<string | null>
  created_at: GeneratedAlways<Date>
  started_at: GeneratedAlways<Date | null>
  completed_at: GeneratedAlways<Date | null>
  next_attempt_at: GeneratedAlways<Date>
  lease_until: GeneratedAlways<Date | null>
  worker_id: GeneratedAlways<string | null>
  priority: GeneratedAlways<number>
  failed_stage: GeneratedAlways<string | null>
  fingerprint: GeneratedAlways<string | null>
  dismissed_at: GeneratedAlways<Date | null>
}
