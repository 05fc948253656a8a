import { oc } from '@orpc/contract'
import { z } from 'zod'
import { boxSchema, faceAttributesSchema } from '../model/face'
import { factorsSchema, weightsSchema } from '../model/weights'

/** One side of a pair: what a list needs. */
const sideSchema = z.object({
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

/** One side of a pair seen through: photo and all attributes. */
export const inspectedFaceSchema = faceAttributesSchema.extend({
  name: z.string().nullable(),
  image_url: z.string().nullable(),
  image_width: z.number().int().nullable(),
  image_height: z.number().int().nullable(),
  detection_box: boxSchema.nullable(),
})
export type InspectedFace = z.infer<typeof inspectedFaceSchema>

export const pairSchema = z.object({
  similarity_score: z.number(),
  /** The score by today's weights; null where too little is known of a side. */
  current_score: z.number().nullable(),
  factors: factorsSchema,
  weights: weightsSchema,
  threshold: z.number(),
  created_at: z.date(),
  a: inspectedFaceSchema,
  b: inspectedFaceSchema,
})
export type Pair = z.infer<typeof pairSchema>

export const lookalikeSchema = z.object({
  id: z.uuid(),
  similarity_score: z.number(),
  factors: factorsSchema,
  created_at: z.date(),
  celebrity: z.object({
    id: z.uuid(),
    name: z.string(),
    category: z.string().nullable(),
    thumbnail_url: z.string().nullable(),
  }),
})

export const matchingContract = {
  /** Staff. Best first, keyset pages. */
  list: oc
    .input(
      z.object({
        school: z.string().optional(),
        min_score: z.number().min(0).max(1).optional(),
        max_score: z.number().min(0).max(1).optional(),
        search: z.string().max(200).optional(),
        sort: z.enum(['score', 'newest']).default('score'),
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(60),
      }),
    )
    .output(
      z.object({
        items: z.array(matchSummarySchema),
        total: z.number().int(),
        next_cursor: z.string().nullable(),
      }),
    ),
  /** Staff. */
  get: oc.input(z.object({ id: z.uuid() })).output(pairSchema.extend({ id: z.uuid() })),
  /** Staff: the pair of a face and a celebrity. */
  getLookalike: oc
    .input(z.object({ id: z.uuid() }))
    .output(pairSchema.extend({ id: z.uuid(), celebrity_id: z.uuid() })),
  /** Staff, or the person whose face it is. */
  ofFace: oc
    .input(z.object({ face_id: z.uuid() }))
    .output(z.object({ matches: z.array(matchSummarySchema), lookalikes: z.array(lookalikeSchema) })),
}
