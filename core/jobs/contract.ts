import { oc } from '@orpc/contract'
import { z } from 'zod'

export const jobStatuses = ['pending', 'processing', 'completed', 'failed'] as const
export const jobStatusSchema = z.enum(jobStatuses)
export type JobStatus = z.infer<typeof jobStatusSchema>

/** `face`: a row of `match_jobs`; `celebrity`: a row of `celebrity_jobs`. */
export const jobKindSchema = z.enum(['face', 'celebrity'])
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
})
export type Job = z.infer<typeof jobSchema>

export const jobsContract = {
  /** Staff. Newest first. */
  list: oc
    .input(
      z.object({
        status: jobStatusSchema.optional(),
        kind: jobKindSchema.optional(),
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(100),
      }),
    )
    .output(z.object({ items: z.array(jobSchema), next_cursor: z.string().nullable() })),
  /** Staff. */
  counts: oc.output(z.record(jobStatusSchema, z.number().int())),
  /** Curator. A failed job starts anew with all its attempts; any other is CONFLICT. */
  retry: oc.input(z.object({ id: z.uuid(), kind: jobKindSchema })).output(z.object({})),
  /** Curator. Every failed job; gives how many. */
  retryFailed: oc.output(z.object({ retried: z.number().int() })),
}
