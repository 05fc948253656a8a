import { oc } from '@orpc/contract'
import { z } from 'zod'

/** How many ids one call takes: send more in several, with one `batch_id`, and show how far it is. */
export const mostIdsAtOnce = 200

const ids = z.array(z.uuid()).min(1).max(mostIdsAtOnce)

/** A name as the removal shows it; null where the person has none or is gone. */
const name = z.string().nullable()

export const removalSchema = z.object({
  id: z.uuid(),
  /** All removals of one batch are undone as one. */
  batch_id: z.uuid(),
  match_id: z.uuid(),
  similarity_score: z.number(),
  profile_a_id: z.uuid(),
  profile_b_id: z.uuid(),
  name_a: name,
  name_b: name,
  reason: z.string(),
  removed_at: z.date(),
  removed_by: z.uuid().nullable(),
  removed_by_name: name,
  undone_at: z.date().nullable(),
  undone_by_name: name,
  /**
   * Whether an undo brings the match back as it was. False where a photo of either side has been erased since (its copy
   * went with it) or the removal is undone: then an undo only lets the two be matched again.
   */
  restorable: z.boolean(),
  /** What went with the match. */
  reactions: z.number().int(),
  connections: z.number().int(),
  messages: z.number().int(),
  babies: z.number().int(),
  notifications: z.number().int(),
})
export type Removal = z.infer<typeof removalSchema>

export const matchRemovalContract = {
  /**
   * Staff. The scores of these pairs anew, from the stored analyses by today's weights. A pair without a score (a side is
   * not analysed, or by another model) keeps the one it has. Never removes a pair, also below the threshold.
   */
  recompute: oc.input(z.object({ ids, kind: z.enum(['match', 'lookalike']).default('match') })).output(
    z.object({
      /** In the order asked; ids that are gone are missing. `after` null: no score. */
      results: z.array(z.object({ id: z.uuid(), before: z.number(), after: z.number().nullable() })),
      changed: z.number().int(),
    }),
  ),
  /**
   * Moderators and admins: whoever may see what hangs on a match. Takes matches away, with reactions, connection and its
   * messages, babies and notifications, and keeps an exact copy for an undo. The two people are not matched again until
   * it is undone. Ids that are gone already are skipped. One transaction a call; a batch of several calls carries one
   * `batch_id` (made by the client), which undoes as one. CONFLICT where the batch is another person's.
   */
  remove: oc
    .input(
      z.object({
        ids,
        reason: z.string().trim().min(3, 'Say why, in three characters at least.').max(2000),
        batch_id: z.uuid().optional(),
      }),
    )
    .output(z.object({ batch_id: z.uuid(), removal_ids: z.array(z.uuid()), removed: z.number().int() })),
  /**
   * Moderators and admins. Brings matches back with the same ids and all that hung on them. At most 200 a call: ask again
   * with the same batch until `remaining` is 0. NOT_FOUND where there is no such removal; what is undone already is skipped.
   */
  undoRemove: oc
    .input(z.union([z.object({ removal_id: z.uuid() }), z.object({ batch_id: z.uuid() })]))
    .output(
      z.object({
        /** Back as they were. */
        restored: z.array(z.uuid()),
        /** Not back, since a photo is gone or the two are matched by then; they may be matched again. Match ids. */
        lifted: z.array(z.uuid()),
        remaining: z.number().int(),
      }),
    ),
  /** Moderators and admins. Newest first, keyset pages. */
  removals: oc
    .input(
      z.object({
        /** Only what is not undone. */
        standing: z.boolean().default(false),
        batch_id: z.uuid().optional(),
        /** In either name or the reason. */
        search: z.string().max(200).optional(),
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ items: z.array(removalSchema), next_cursor: z.string().nullable() })),
}
