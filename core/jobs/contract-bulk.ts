import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { jobFilterSchema, jobKindSchema, jobStatusSchema } from './contract'

const count = z.number().int().min(0)

export const bulkActions = ['retry', 'cancel', 'dismiss', 'prioritise'] as const
export const bulkActionSchema = z.enum(bulkActions)
export type BulkAction = z.infer<typeof bulkActionSchema>

/** Single jobs, or all that match a filter at the moment of the plan. */
export const bulkSelectionSchema = z.union([
  z.object({
    ids: z
      .array(z.object({ id: z.uuid(), kind: jobKindSchema }))
      .min(1)
      .max(10_000),
  }),
  z.object({ all: jobFilterSchema }),
])
export type BulkSelection = z.infer<typeof bulkSelectionSchema>

/** A plan takes so many jobs at most. */
export const bulkLimit = 1_000_000

export const bulkRequestSchema = z.object({
  action: bulkActionSchema,
  selection: bulkSelectionSchema,
  /** For `prioritise`: higher first, 0 is the usual. */
  priority: z.number().int().min(-100).max(100).optional(),
  /** For `retry`: also what fails the same way every time, as it may after a change of the models. */
  include_permanent: z.boolean().default(false),
})
export type BulkRequest = z.input<typeof bulkRequestSchema>

/** Why a job is left out of a plan. */
export const ineligibleReasons = [
  /** For `retry` and `dismiss`: it waits, or somebody works on it. */
  'not_failed',
  /** For `cancel` and `prioritise`: nothing is left to cancel or to bring forward. */
  'ended',
  /** For `prioritise`: it is begun already. */
  'processing',
  /** For `retry`: the same photo fails the same way. */
  'permanent',
  /** For `dismiss`: it is dismissed already. */
  'dismissed',
  /** For `prioritise`: it has that priority. */
  'unchanged',
  /** Of the ids that were named: no longer there. */
  'gone',
] as const
export type IneligibleReason = (typeof ineligibleReasons)[number]

const sampleSchema = z.object({
  id: z.uuid(),
  kind: jobKindSchema,
  name: z.string().nullable(),
  status: jobStatusSchema.nullable(),
  /** Null for an eligible one. */
  reason: z.enum(ineligibleReasons).nullable(),
})

/** A bulk action: planned, run, and undone where that has a meaning. */
export const bulkSchema = z.object({
  id: z.uuid(),
  action: bulkActionSchema,
  priority: z.number().int().nullable(),
  /** `stopped`: by somebody, or with its host; it can be run on. */
  state: z.enum(['planned', 'running', 'stopping', 'stopped', 'done', 'undoing', 'undone']),
  created_by_name: z.string().nullable(),
  created_at: z.date(),
  started_at: z.date().nullable(),
  ended_at: z.date().nullable(),
  /** How many jobs were selected; `eligible` and those of `ineligible` sum to it. */
  selected: count,
  eligible: count,
  ineligible: z.array(
    z.object({
      reason: z.enum(ineligibleReasons),
      jobs: count,
      /** In words, for a person. */
      words: z.string(),
    }),
  ),
  /** Done as planned. */
  done: count,
  /** Another by the time of its turn, and left alone. */
  changed: count,
  /** Put back by an undo; `undo_changed` were another by then, and were left alone. */
  undone: count,
  undo_changed: count,
  /** Jobs a second of the run that is under way, and seconds until it ends; null where nothing runs. */
  per_second: z.number().nullable(),
  seconds_left: z.number().nullable(),
  /** Whether `undoBulk` would do. */
  can_undo: z.boolean(),
})
export type Bulk = z.infer<typeof bulkSchema>

export const bulkPlanSchema = bulkSchema.extend({
  /** At most 5 that are eligible, and 5 that are not. */
  sample: z.array(sampleSchema),
})
export type BulkPlan = z.infer<typeof bulkPlanSchema>

const planId = z.object({ id: z.uuid() })

export const bulkContract = {
  /**
   * Curator. The dry run: which jobs an action would meet, kept for an hour so that exactly these are met later.
   * BAD_REQUEST where the filter matches more than {@link bulkLimit} jobs, or a priority is missing.
   */
  planBulk: oc.input(bulkRequestSchema).output(bulkPlanSchema),
  /**
   * Curator, their own plan. Executes it in the background, in chunks; a plan that was stopped goes on. Jobs that
   * changed since the plan are left alone and counted. NOT_FOUND; CONFLICT where it was executed already, runs, or is
   * older than an hour. Gives how it stands; watch it by `bulkProgress` or `bulk`.
   */
  runBulk: oc.input(planId).output(bulkSchema),
  /** Curator. Ends a run after its chunk; what is done stays done. */
  stopBulk: oc.input(planId).output(bulkSchema),
  /**
   * Curator. Puts back what a `cancel`, `dismiss` or `prioritise` has changed, within a day; jobs that changed since are
   * left alone and counted. Runs in the background as well. CONFLICT where nothing can be undone.
   */
  undoBulk: oc.input(planId).output(bulkSchema),
  /** Staff. */
  bulk: oc.input(planId).output(bulkSchema),
  /** Staff. How it stands, at once and then as it goes on, at most twice a second; ends with the run. */
  bulkProgress: oc.input(planId).output(eventIterator(bulkSchema)),
  /** Staff. The last 20 that were run, newest first. */
  bulks: oc.output(z.array(bulkSchema)),
}
