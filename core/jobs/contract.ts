import { oc } from '@orpc/contract'
import { z } from 'zod'
import { jobStages } from '../model/job-stages'

export const jobStatuses = ['pending', 'processing', 'completed', 'failed'] as const
export const jobStatusSchema = z.enum(jobStatuses)
export type JobStatus = z.infer<typeof jobStatusSchema>

/** `face`: a row of `match_jobs`; `celebrity`: of `celebrity_jobs`; `embedding`: of `embedding_jobs` (a switch of models). */
export const jobKindSchema = z.enum(['face', 'celebrity', 'embedding'])
export type JobKind = z.infer<typeof jobKindSchema>

export const jobSchema = z.object({
  id: z.uuid(),
  kind: jobKindSchema,
  /** The face or the celebrity. */
  subject_id: z.uuid(),
  /** The person whose face it is; null for a celebrity. */
  owner_id: z.uuid().nullable(),
  /** Name of the person or the celebrity. */
  name: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  status: jobStatusSchema,
  job_type: z.string(),
  attempts: z.number().int(),
  max_attempts: z.number().int(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  worker_id: z.string().nullable(),
  created_at: z.date(),
  started_at: z.date().nullable(),
  completed_at: z.date().nullable(),
  /** A pending job is not tried before this. */
  next_attempt_at: z.date(),
  /** A processing job without a lease is another client's. */
  lease_until: z.date().nullable(),
  /** Higher first; 0 unless somebody put it before or behind others. */
  priority: z.number().int(),
  /** The stage that the last attempt failed in, where a worker of ours tried it. */
  failed_stage: z.string().nullable(),
  /** Equal for failures of the same stage, reason and normalised message. */
  fingerprint: z.string().nullable(),
  /** Since when somebody wants no retry of this failure. */
  dismissed_at: z.date().nullable(),
})
export type Job = z.infer<typeof jobSchema>

export const jobTypes = ['user_match', 'celebrity_match', 'both'] as const

/** No column of text holds a NUL: PostgreSQL refuses it. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\0]*$/)
const minutes = z.number().min(0).max(525_600)

/** Which jobs: what is not given does not narrow. The same for a list, for "all that match" and on the command line. */
export const jobFilterSchema = z.object({
  status: jobStatusSchema.optional(),
  kind: jobKindSchema.optional(),
  /** What the job looks for. */
  job_type: z.enum(jobTypes).optional(),
  /** The person whose face it is. */
  owner_id: z.uuid().optional(),
  /** `error_code`. */
  reason: text(100).optional(),
  failed_stage: text(100).optional(),
  fingerprint: text(100).optional(),
  worker_id: text(200).optional(),
  /** Created at least so many minutes ago. */
  older_than_minutes: minutes.optional(),
  /** Created at most so many minutes ago. */
  newer_than_minutes: minutes.optional(),
  /** False leaves out failures that were dismissed, true shows them alone. */
  dismissed: z.boolean().optional(),
  /** A part of the person's or the celebrity's name, or the whole id of a job, a photo, a celebrity or a person. */
  search: z.string().trim().max(200).optional(),
})
export type JobFilter = z.infer<typeof jobFilterSchema>

/** Beyond so many jobs a list says "at least" instead of counting on. */
export const countedJobs = 10_000

export const jobsContract = {
  /** Staff. Newest first. */
  list: oc
    .input(
      jobFilterSchema.extend({
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(100),
      }),
    )
    .output(
      z.object({
        items: z.array(jobSchema),
        next_cursor: z.string().nullable(),
        /** How many jobs match, on the first page; null on those that follow. */
        total: z.number().int().nullable(),
        /** Whether there are more than `total`, which then is {@link countedJobs}. */
        has_more_than_total: z.boolean(),
      }),
    ),
  /** Staff. */
  counts: oc.output(z.record(jobStatusSchema, z.number().int())),
  /**
   * Curator. A failed job starts anew with all its attempts; any other is CONFLICT. With a stage a completed job does,
   * too: `search` and `write` go on from what an earlier attempt found out, where that is still there, any other stage
   * begins at the beginning.
   */
  retry: oc
    .input(z.object({ id: z.uuid(), kind: jobKindSchema, from_stage: z.enum(jobStages).optional() }))
    .output(z.object({})),
  /** Curator. Every failed job that nobody has dismissed or cancelled; gives how many. */
  retryFailed: oc.output(z.object({ retried: z.number().int() })),
}
