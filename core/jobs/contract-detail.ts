import { z } from 'zod'
import { jobSchema } from './contract'

/** One attempt at a job, as the worker that made it noted it. */
export const attemptSchema = z.object({
  id: z.string(),
  /** Counts from 1 in each run; one that does not count has the number of the next. */
  attempt: z.number().int(),
  /** 1, and one more each time that the job was started anew after it had ended. */
  run: z.number().int(),
  worker_id: z.string().nullable(),
  pack: z.string().nullable(),
  started_at: z.date(),
  ended_at: z.date(),
  outcome: z.enum(['completed', 'failed', 'retrying', 'postponed', 'released', 'worker_lost', 'cancelled']),
  failed_stage: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  /** In the order they were passed. */
  stages: z.array(z.object({ stage: z.string(), ms: z.number() })),
  log: z.array(z.object({ at: z.date(), level: z.string(), message: z.string() })),
})
export type Attempt = z.infer<typeof attemptSchema>

/** Whether it is one of the attempts that a job has: not where it went back to the queue as if it had not been tried. */
export const isCounted = ({ outcome }: Pick<Attempt, 'outcome'>) =>
  outcome !== 'postponed' && outcome !== 'released'

/** What tells an attempt from the others of its job: `1`, `1 of run 2 (not counted)`. */
export function attemptNumber(attempt: Pick<Attempt, 'attempt' | 'run' | 'outcome'>): string {
  const run = attempt.run > 1 ? ` of run ${attempt.run}` : ''
  return `${attempt.attempt}${run}${isCounted(attempt) ? '' : ' (not counted)'}`
}

const foundSchema = z.object({
  /** Of the upright original, in pixels. */
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  faces_found: z.number().int().nullable(),
  /** Of the face that was used: pixels of the upright original. */
  box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  /** 68 points, in pixels of the upright original. */
  landmarks: z.array(z.tuple([z.number(), z.number()])).nullable(),
  quality_score: z.number().nullable(),
  embedding_model: z.string().nullable(),
  analyzed_at: z.date().nullable(),
})

export const jobDetailSchema = jobSchema.extend({
  /** The photo itself. */
  image_url: z.string().nullable(),
  /** What the analysis found; null where it was not analysed yet. */
  found: foundSchema.nullable(),
  /** Oldest first. Attempts of other clients' workers leave none. */
  timeline: z.array(attemptSchema),
  /** Matches and lookalikes of the photo that were written since the job was started; best first, at most 50. */
  matches: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(['person', 'celebrity']),
      score: z.number().nullable(),
      /** The other face's person, or the celebrity. */
      subject_id: z.uuid(),
      name: z.string().nullable(),
      thumbnail_url: z.string().nullable(),
    }),
  ),
  matches_total: z.number().int().min(0),
  /** Whether a retry can help, for a job that failed; null for others. */
  retry_helps: z.enum(['yes', 'later', 'no']).nullable(),
  advice: z.string().nullable(),
  /** The stage at which a re-run would start; null where it starts from the beginning, or can't be run anew. */
  checkpoint: z.object({ stage: z.string(), saved_at: z.date() }).nullable(),
})
export type JobDetail = z.infer<typeof jobDetailSchema>
