import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  databaseStatusSchema,
  packStatusSchema,
  serverHealthSchema,
  workerStatusSchema,
} from '../model/status'

/** What a client needs before anybody has signed in. */
export const helloSchema = z.object({
  version: z.string(),
  /** embedded: this machine alone; shared: a Supabase project. */
  mode: z.enum(['embedded', 'shared']),
  supabase_url: z.string(),
  publishable_key: z.string(),
  /** True only while there is no admin and the request comes from this machine. */
  needs_first_admin: z.boolean(),
})
export type Hello = z.infer<typeof helloSchema>

export const overviewSchema = z.object({
  counts: z.object({
    people: z.number().int(),
    faces: z.number().int(),
    analyzed_faces: z.number().int(),
    celebrities: z.number().int(),
    analyzed_celebrities: z.number().int(),
    matches: z.number().int(),
    celebrity_matches: z.number().int(),
  }),
  queue: z.object({
    pending: z.number().int(),
    processing: z.number().int(),
    completed: z.number().int(),
    failed: z.number().int(),
    /** Of the failed ones, those that nobody has dismissed or cancelled. */
    undismissed: z.number().int(),
    oldest_pending_at: z.date().nullable(),
    /** Jobs that ended in each of the last 15 minutes, oldest first. */
    per_minute: z.array(z.object({ completed: z.number().int(), failed: z.number().int() })),
  }),
  worker: workerStatusSchema,
  pack: packStatusSchema,
  database: databaseStatusSchema,
})
export type Overview = z.infer<typeof overviewSchema>

export const overviewContract = {
  /** Public. */
  hello: oc.output(helloSchema),
  /** Public. The servers that this host depends on; asks nobody, so that it is answered while they are away. */
  health: oc.output(z.array(serverHealthSchema.omit({ location: true, ms: true }))),
  /** Staff. */
  get: oc.output(overviewSchema),
  /**
   * Staff. Names of tables that changed, at most about four times a second; ask again for what you show of them.
   * The pseudo-tables `worker`, `pack` and `servers` stand for this host's worker, its models, and what it depends on.
   */
  changes: oc.output(eventIterator(z.array(z.string()))),
}
