import { formatPercent } from '../../kit/format'

/** How a setting is called and read. What is not listed is shown under its own key. */
interface KnownSetting {
  label: string
  read: (value: unknown) => string
}

const yesNo = (value: unknown) => (value === true ? 'Yes' : value === false ? 'No' : asIs(value))
const asIs = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
const share = (value: unknown) => (typeof value === 'number' ? formatPercent(value) : asIs(value))
const choice = (words: Record<string, string>) => (value: unknown) => words[asIs(value)] ?? asIs(value)

interface SettingGroup {
  title: string
  settings: Record<string, KnownSetting>
}

/** The settings in the order in which people look for them; the weights have a picture of their own. */
export const settingGroups: readonly SettingGroup[] = [
  {
    title: 'Who matches whom',
    settings: {
      match_threshold: { label: 'Lowest score', read: share },
      match_scope: {
        label: 'Among',
        read: choice({ school: 'People of the same school', everyone: 'Everyone' }),
      },
      match_gender: { label: 'Gender', read: choice({ different: 'Only different', any: 'Any' }) },
      match_min_quality: { label: 'Lowest photo quality', read: share },
      match_limit: { label: 'Matches per face, at most', read: asIs },
    },
  },
  {
    title: 'Celebrity lookalikes',
    settings: {
      celebrity_match_threshold: { label: 'Lowest score', read: share },
      celebrity_match_limit: { label: 'Lookalikes per face, at most', read: asIs },
    },
  },
  {
    title: 'Accounts',
    settings: { allow_non_edu_emails: { label: 'Addresses that don’t end in .edu', read: yesNo } },
  },
]

/** The key of the six weights. */
export const weightsKey = 'matching_weights'

/** A value of an unknown setting. */
export function readUnknown(value: unknown): string {
  return typeof value === 'boolean' ? yesNo(value) : asIs(value)
}
