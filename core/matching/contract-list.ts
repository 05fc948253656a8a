import { oc } from '@orpc/contract'
import { z } from 'zod'
import { factorNames, factorsSchema } from '../model/weights'

/** One side of a pair: what a list needs. */
export const sideSchema = z.object({
  face_id: z.uuid(),
  profile_id: z.uuid(),
  name: z.string().nullable(),
  school: z.string().nullable(),
  gender: z.string().nullable(),
  age: z.number().int().nullable(),
  thumbnail_url: z.string().nullable(),
})

export const matchSummarySchema = z.object({
  id: z.uuid(),
  similarity_score: z.number(),
  factors: factorsSchema,
  created_at: z.date(),
  a: sideSchema,
  b: sideSchema,
})
export type MatchSummary = z.infer<typeof matchSummarySchema>

export const connectionStatuses = ['active', 'blocked', 'archived'] as const

/** A row of the list of all matches. */
export const listedMatchSchema = matchSummarySchema.extend({
  /** The lower `quality_score` of both sides, 0..1; null where one is not known. */
  least_quality: z.number().nullable(),
  /** The space that both embeddings live in; null where they live in two, or one is not known. */
  embedding_model: z.string().nullable(),
  /** How many of the two like it, and how many have viewed it: 0..2. */
  likes: z.number().int(),
  views: z.number().int(),
  /** Null where there is none, and for curators, who may not see connections. */
  connection: z.enum(connectionStatuses).nullable(),
})
export type ListedMatchView = z.infer<typeof listedMatchSchema>

const unit = z.number().min(0).max(1)
const rangeSchema = z.object({ min: unit.optional(), max: unit.optional() })

/** What narrows all matches down; what is not given narrows nothing. Bounds are inclusive. */
export const matchFiltersSchema = z.object({
  /** Of either side. */
  school: z.string().max(200).optional(),
  /** In either side's name or address. */
  search: z.string().max(200).optional(),
  min_score: unit.optional(),
  max_score: unit.optional(),
  /** A pair that lacks a factor is in no range of it. */
  factors: z.partialRecord(z.enum(factorNames), rangeSchema).optional(),
  /** Of the lower quality of both sides. */
  min_quality: unit.optional(),
  max_quality: unit.optional(),
  /** When it was found. `to` is exclusive, so that whole days need no last millisecond. */
  from: z.date().optional(),
  to: z.date().optional(),
  /** By how many of the two it is liked. */
  liked: z.enum(['none', 'one', 'both']).optional(),
  /** Whether at least one of the two has viewed it. */
  viewed: z.boolean().optional(),
  /** FORBIDDEN to curators. */
  connection: z.enum(['none', ...connectionStatuses]).optional(),
  /** Null: the two sides are of two models, or of none that is known. */
  embedding_model: z.string().max(300).nullable().optional(),
})
export type MatchFilters = z.infer<typeof matchFiltersSchema>

export const matchSorts = ['score', 'newest', 'quality', ...factorNames] as const
export type MatchSort = (typeof matchSorts)[number]

export const matchListQuerySchema = matchFiltersSchema.extend({
  sort: z.enum(matchSorts).default('score'),
  /** `desc`: the highest, or newest, first. What is not known comes last in either direction; ties by id. */
  direction: z.enum(['asc', 'desc']).default('desc'),
  cursor: z.string().optional(),
  offset: z.number().int().min(0).max(10_000_000).optional(),
  snapshot: z.string().max(2000).optional(),
  limit: z.number().int().min(1).max(200).default(60),
})
export type MatchListQuery = z.infer<typeof matchListQuerySchema>

export const matchListContract = {
  /**
   * Staff. Two ways through the list:
   *
   * - **Windows**, for a table that scrolls to any row: the first call names neither `offset` nor `snapshot`; its answer
   *   has `total` and `snapshot`. Later calls name both (`offset` 0 ≤ n < total, any `limit`) and the same filters, sort and
   *   direction (BAD_REQUEST where those are others). A snapshot leaves out matches that were found after it, so rows
   *   don't move under whoever scrolls; it holds no rows: a removed one is missing (the windows below it move up by one)
   *   and a new score moves its row. Ask without a snapshot again when `overview.changes` names `matches`.
   * - **Keyset pages**, for whoever walks on: `cursor` takes the `next_cursor` of the page before. Never skips or repeats,
   *   whatever is removed. Not together with `offset`.
   *
   * `total` counts all that the filters let in, once a snapshot or walk.
   */
  list: oc.input(matchListQuerySchema).output(
    z.object({
      items: z.array(listedMatchSchema),
      total: z.number().int(),
      snapshot: z.string(),
      next_cursor: z.string().nullable(),
    }),
  ),
  /** Staff. How many the filters let in. */
  count: oc.input(matchFiltersSchema).output(z.object({ total: z.number().int() })),
  /**
   * Staff. The ids of all that the filters let in, in the order given, for "all that match" beside "selected".
   * BAD_REQUEST beyond 10,000: narrow the filters.
   */
  ids: oc
    .input(matchListQuerySchema.omit({ cursor: true, offset: true, snapshot: true, limit: true }))
    .output(z.object({ ids: z.array(z.uuid()) })),
  /** Staff. The embedding models that matches are of, with how many; null as in the filter. The most first. */
  models: oc.output(z.array(z.object({ embedding_model: z.string().nullable(), matches: z.number().int() }))),
}
