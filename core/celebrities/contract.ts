import { oc } from '@orpc/contract'
import { z } from 'zod'
import { detectedGenderSchema, faceAttributesSchema, photoFactsSchema } from '../model/face'
import { celebrityFilterSchema, celebrityStates } from './contract-filter'

export { celebrityStates } from './contract-filter'

export const celebritySummarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  category: z.string().nullable(),
  gender: detectedGenderSchema.nullable(),
  age: z.number().int().nullable(),
  quality_score: z.number().nullable(),
  expression: z.string().nullable(),
  image_url: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  state: z.enum(celebrityStates),
  error_message: z.string().nullable(),
  created_at: z.date(),
  /** In `celebrities.list` alone. */
  licence: z.string().nullable().optional(),
})
export type CelebritySummary = z.infer<typeof celebritySummarySchema>

export const celebritySchema = celebritySummarySchema.extend({
  ...faceAttributesSchema.shape,
  ...photoFactsSchema.shape,
  bio: z.string().nullable(),
  image_hash: z.string().nullable(),
  updated_at: z.date(),
  /** Where the current photo comes from. */
  provenance: z
    .object({
      licence: z.string().nullable(),
      source: z.string().nullable(),
      /** The name as the import's source had it. */
      name_original: z.string().nullable(),
      import: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    })
    .optional(),
  job: z.object({ id: z.uuid(), attempts: z.number().int(), error_code: z.string().nullable() }).nullable(),
  /** The people who look like them, best first, at most 20. */
  lookalikes: z.array(
    z.object({
      face_id: z.uuid(),
      profile_id: z.uuid(),
      name: z.string().nullable(),
      school: z.string().nullable(),
      thumbnail_url: z.string().nullable(),
      similarity_score: z.number(),
    }),
  ),
})
export type Celebrity = z.infer<typeof celebritySchema>

export const newCelebritySchema = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(200),
  bio: z.string().trim().max(2000).optional(),
  category: z.string().trim().max(100).optional(),
  gender: detectedGenderSchema.optional(),
  /** In the bucket `celebrity-images` (`<uuid>.<ext>`), put there by the caller. */
  image_path: z.string(),
})

export const celebritiesContract = {
  /** Staff. */
  list: oc
    .input(
      celebrityFilterSchema.extend({
        sort: z.enum(['name', 'newest', 'quality', 'age']).default('name'),
        /** Without it each sort has its own: names from A, the youngest, the newest and the best first. */
        direction: z.enum(['asc', 'desc']).optional(),
        cursor: z.string().optional(),
        /** Rows before the first one, for a table that is scrolled anywhere; in place of a cursor. */
        offset: z.number().int().min(0).max(10_000_000).optional(),
        limit: z.number().int().min(1).max(200).default(60),
      }),
    )
    .output(
      z.object({
        items: z.array(celebritySummarySchema),
        total: z.number().int(),
        next_cursor: z.string().nullable(),
      }),
    ),
  /** Staff. The categories in use. */
  categories: oc.output(z.array(z.string())),
  /** Staff. */
  get: oc.input(z.object({ id: z.uuid() })).output(celebritySchema),
  /** Curator. IMAGE_REJECTED, and CONFLICT where the same file is known (`data.celebrity_id`), remove the object again. */
  add: oc.input(newCelebritySchema).output(z.object({ id: z.uuid() })),
  /** Curator. Into the trash, where they lie for 30 days: `curation.undo` brings them back, `curation.trashed` lists them. */
  remove: oc.input(z.object({ id: z.uuid() })).output(z.object({})),
}
