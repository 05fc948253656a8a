import type { SettingKey } from '../../../core/settings/contract'
import { formatAmount, formatPercent } from '../../kit/format'
import { leastText } from './least-components'

/** How an admin changes a setting: by choosing, or by a number (a share from 0 to 1 is typed in percent, minutes as 0 for never). */
export type SettingEdit =
  | { kind: 'choice'; options: readonly { id: string; label: string; value: string | boolean }[] }
  | { kind: 'share' | 'count' | 'minutes' | 'components' }

/** How a setting is called, read and changed. What is not listed is shown under its own key, to read. */
export interface KnownSetting {
  label: string
  read: (value: unknown) => string
  edit: SettingEdit
}

const yesNo = (value: unknown) => (value === true ? 'Yes' : value === false ? 'No' : asIs(value))
const asIs = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
const share = (value: unknown) => (typeof value === 'number' ? formatPercent(value) : asIs(value))

const yesOrNo = (label: string): KnownSetting => ({
  label,
  read: yesNo,
  edit: {
    kind: 'choice',
    options: [
      { id: 'no', label: 'No', value: false },
      { id: 'yes', label: 'Yes', value: true },
    ],
  },
})
const choice = (label: string, words: Record<string, string>): KnownSetting => ({
  label,
  read: (value) => words[asIs(value)] ?? asIs(value),
  edit: {
    kind: 'choice',
    options: Object.entries(words).map(([id, word]) => ({ id, label: word, value: id })),
  },
})
const shareOf = (label: string): KnownSetting => ({ label, read: share, edit: { kind: 'share' } })
const minutes = (value: unknown) =>
  value === 0 ? 'Never' : typeof value === 'number' ? formatAmount(value, 'minute') : asIs(value)
const countOf = (label: string): KnownSetting => ({ label, read: asIs, edit: { kind: 'count' } })

interface SettingGroup {
  title: string
  settings: Partial<Record<SettingKey, KnownSetting>>
}

/** The settings in the order in which people look for them; the weights have a picture of their own. */
export const settingGroups: readonly SettingGroup[] = [
  {
    title: 'Who matches whom',
    settings: {
      match_threshold: shareOf('Lowest score'),
      match_scope: choice('Among', { school: 'People of the same school', everyone: 'Everyone' }),
      match_gender: choice('Gender', { different: 'Only different', any: 'Any' }),
      match_min_quality: shareOf('Lowest photo quality'),
      match_min_components: {
        label: 'Lowest quality of single parts',
        read: (value) => leastText(value) || 'None',
        edit: { kind: 'components' },
      },
      match_limit: countOf('Matches per face, at most'),
    },
  },
  {
    title: 'Celebrity lookalikes',
    settings: {
      celebrity_match_threshold: shareOf('Lowest score'),
      celebrity_match_limit: countOf('Lookalikes per face, at most'),
    },
  },
  {
    title: 'Jobs',
    settings: {
      foreign_job_stale_minutes: {
        label: 'Take over jobs of other clients',
        read: minutes,
        edit: { kind: 'minutes' },
      },
    },
  },
  {
    title: 'Accounts',
    settings: {
      allow_non_edu_emails: yesOrNo('Addresses that don’t end in .edu'),
      staff_second_factor: yesOrNo('Staff need a second factor'),
    },
  },
]

/** The key of the six weights. */
export const weightsKey = 'matching_weights'

/** A value of an unknown setting. */
export function readUnknown(value: unknown): string {
  return typeof value === 'boolean' ? yesNo(value) : asIs(value)
}
