import { oc } from '@orpc/contract'
import { z } from 'zod'

export const samplesStatusSchema = z.object({
  state: z.enum(['none', 'loading', 'partial', 'loaded']),
  /** People and celebrities whose photo is uploaded. */
  uploaded: z.number().int(),
  /** …and whose job has ended. */
  analyzed: z.number().int(),
  total: z.number().int(),
  /** Why the last run stopped early. */
  message: z.string().nullable(),
})
export type SamplesStatus = z.infer<typeof samplesStatusSchema>

export const samplesContract = {
  /** Staff. */
  status: oc.output(samplesStatusSchema),
  /** Admin. Starts, or continues what an earlier run left; returns at once. */
  load: oc.output(samplesStatusSchema),
  /** Admin. Stops uploading; what is uploaded stays. */
  cancel: oc.output(samplesStatusSchema),
  /** Admin. Removes every sample person and celebrity with all that was found. */
  remove: oc.output(samplesStatusSchema),
}
