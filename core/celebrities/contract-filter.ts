import { z } from 'zod'
import { detectedGenderSchema, expressionSchema } from '../model/face'

export const celebrityStates = ['waiting', 'analyzing', 'ready', 'failed'] as const

/** What a celebrity may lack. */
export const missingFields = ['bio', 'category', 'gender', 'licence', 'source', 'embedding'] as const

/** Which celebrities: all that is given must hold. */
export const celebrityFilterSchema = z.object({
  /** In the name, the name as it was imported, or the bio. */
  search: z.string().max(200).optional(),
  category: z.string().max(100).optional(),
  gender: detectedGenderSchema.optional(),
  state: z.enum(celebrityStates).optional(),
  /** Years, both included. */
  age_from: z.number().int().min(0).max(150).optional(),
  age_to: z.number().int().min(0).max(150).optional(),
  expression: expressionSchema.optional(),
  /** 0..1, both included. */
  quality_from: z.number().min(0).max(1).optional(),
  quality_to: z.number().min(0).max(1).optional(),
  missing: z.enum(missingFields).optional(),
  licence: z.string().max(500).optional(),
  embedding_model: z.string().max(200).optional(),
  import_id: z.uuid().optional(),
  skin_tone: z.string().max(20).optional(),
})
export type CelebrityFilter = z.infer<typeof celebrityFilterSchema>
