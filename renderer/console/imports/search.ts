import { z } from 'zod'
import { outcomeCodes, outcomes } from '../../../core/celebrities/contract-import-schemas'

/** What the address of the screen holds: `#/imports?id=…&file=…`. */
export const searchSchema = z.object({
  /** The import that is shown; without it the list of imports. */
  id: z.uuid().optional(),
  /** The file that is reviewed. */
  file: z.number().int().optional(),
  outcome: z.enum(outcomes).optional(),
  code: z.enum(outcomeCodes).optional(),
  search: z.string().max(200).optional(),
  /** A new import is being put together. */
  new: z.boolean().optional(),
})
export type ImportSearch = z.infer<typeof searchSchema>
