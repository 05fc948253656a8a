import { z } from 'zod'

/** What the screen keeps in the URL. */
export const searchSchema = z.object({
  /** The pack that is selected, by name. */
  pack: z.string().optional(),
})
