import { oc } from '@orpc/contract'
import { z } from 'zod'

export const settingSchema = z.object({
  key: z.string(),
  value: z.json(),
  description: z.string().nullable(),
  updated_at: z.date(),
  updated_by_name: z.string().nullable(),
})
export type Setting = z.infer<typeof settingSchema>

export const settingsContract = {
  /** Staff. */
  list: oc.output(z.array(settingSchema)),
}
