import { z } from 'zod'
import { celebrityStates, type CelebritySummary } from '../../../core/celebrities/contract'
import { detectedGenderSchema } from '../../../core/model/face'
import type { Tone } from '../../kit/tone'

/** What the address of the screen holds. */
export const searchSchema = z.object({
  search: z.string().max(200).optional(),
  category: z.string().optional(),
  gender: detectedGenderSchema.optional(),
  state: z.enum(celebrityStates).optional(),
  sort: z.enum(['name', 'newest', 'quality']).default('name'),
  /** The celebrity in the detail pane. */
  id: z.uuid().optional(),
})
export type CelebritySearch = z.infer<typeof searchSchema>

/** How a state is called and coloured. */
export const stateLabels: Record<CelebritySummary['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  analyzing: { label: 'Analysing', tone: 'info' },
  ready: { label: 'Ready', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
}
