import { oc } from '@orpc/contract'
import { z } from 'zod'
import { leastComponentsSchema } from '../model/quality'
import { weightsSchema } from '../model/weights'

export const settingSchema = z.object({
  key: z.string(),
  value: z.json(),
  description: z.string().nullable(),
  updated_at: z.date(),
  updated_by_name: z.string().nullable(),
})
export type Setting = z.infer<typeof settingSchema>

const yesOrNo = z.boolean('Choose yes or no.')
const share = z.number('Enter a number.').min(0, 'At least 0.').max(1, 'At most 1.')
const count = z.int('Enter a whole number.').min(0, 'At least 0.').max(1000, 'At most 1000.')

/** What each setting that Semblance knows may hold: the rules that `private.setting_fault` of the database judges by. */
export const settingValues = {
  matching_weights: weightsSchema,
  match_threshold: share,
  match_scope: z.enum(['school', 'everyone']),
  match_gender: z.enum(['different', 'any']),
  match_min_quality: share,
  match_min_components: leastComponentsSchema,
  match_limit: count,
  celebrity_match_threshold: share,
  celebrity_match_limit: count,
  allow_non_edu_emails: yesOrNo,
  staff_second_factor: yesOrNo,
  foreign_job_stale_minutes: z
    .int('Enter whole minutes.')
    .min(0, 'At least 0, which is for never.')
    .max(525_600, 'At most a year.'),
} as const
export type SettingKey = keyof typeof settingValues

const settingKeySchema = z.enum(Object.keys(settingValues) as [SettingKey, ...SettingKey[]])

const setSchema = z
  .object({
    key: settingKeySchema,
    value: z.json(),
    /** The `updated_at` of the value that this one takes the place of. */
    expected_updated_at: z.date(),
  })
  .superRefine(({ key, value }, context) => {
    const [fault] = settingValues[key].safeParse(value).error?.issues ?? []
    if (fault) context.addIssue({ code: 'custom', path: ['value', ...fault.path], message: fault.message })
  })

export const settingsContract = {
  /** Staff. */
  list: oc.output(z.array(settingSchema)),
  /**
   * Admin. CONFLICT where somebody else has changed the setting since; `staff_second_factor` is turned on only by who
   * has signed in with one (FORBIDDEN with `data.reason` `second_factor`).
   */
  set: oc.input(setSchema).output(settingSchema),
}
