import { z } from 'zod'

const score = z.number().min(0).max(1).optional()

/** What the address of the screen holds. */
export const searchSchema = z.object({
  search: z.string().max(200).optional(),
  school: z.string().optional(),
  min_score: score,
  max_score: score,
  sort: z.enum(['score', 'newest']).default('score'),
  /** The match in the detail pane… */
  id: z.uuid().optional(),
  /** …or the pair of a face and a celebrity. */
  lookalike: z.uuid().optional(),
})
export type MatchSearch = z.infer<typeof searchSchema>
