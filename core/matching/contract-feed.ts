import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Somebody the caller is matched with: all that a person may know of somebody else (`private.feed`). */
export const feedEntrySchema = z.object({
  /** Of the best match of these two people. */
  id: z.uuid(),
  similarity_score: z.number(),
  created_at: z.date(),
  name: z.string().nullable(),
  school: z.string().nullable(),
  /** Null unless the matched photo is the one that its owner is found by now. */
  thumbnail_url: z.string().nullable(),
  /** By the caller. What the other side likes is not told before both do. */
  liked: z.boolean(),
  viewed: z.boolean(),
  /** Both like each other. */
  connected: z.boolean(),
})
export type FeedEntry = z.infer<typeof feedEntrySchema>

export const feedOrders = ['score', 'newest'] as const
export const feedFilters = ['all', 'unviewed', 'liked'] as const

export const matchFeedContract = {
  /** Anybody, about themselves: whom they are matched with, one entry for each person. Keyset pages. */
  feed: oc
    .input(
      z.object({
        sort: z.enum(feedOrders).default('score'),
        show: z.enum(feedFilters).default('all'),
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(100).default(24),
      }),
    )
    .output(z.object({ items: z.array(feedEntrySchema), next_cursor: z.string().nullable() })),
  /** Anybody, of their feed: likes somebody, or takes that back, which undoes no connection. Twice is as once. */
  like: oc
    .input(z.object({ id: z.uuid(), on: z.boolean() }))
    .output(z.object({ /** Whether the two are connected now. */ connected: z.boolean() })),
  /** Anybody, of their feed: has seen these. Entries that are no longer there are passed over. */
  markViewed: oc.input(z.object({ ids: z.array(z.uuid()).min(1).max(100) })).output(z.object({})),
}
