import type { ReactNode } from 'react'
import type { Setting } from '../../../core/settings/contract'
import { RelativeTime } from '../../kit/time'

/** One setting: its name and meaning at the left, its value (or what changes it) at the right, and who changed it last. */
export function SettingLine({
  label,
  value,
  setting,
}: {
  label: string
  value: ReactNode
  setting: Setting
}) {
  return (
    <div className="flex items-baseline gap-6 border-t px-4 py-2.5">
      <dt className="min-w-0 grow">
        <span className="font-medium">{label}</span>
        <span className="block text-pretty text-sm text-ink-3">{setting.description}</span>
      </dt>
      <dd className="flex shrink-0 flex-col items-end gap-0.5 text-right">
        <span className="flex max-w-96 justify-end font-medium break-words">{value}</span>
        <LastChange setting={setting} />
      </dd>
    </div>
  )
}

/** When a setting was changed and by whom. */
export function LastChange({ setting }: { setting: Setting }) {
  return (
    <span className="block text-sm text-ink-3">
      {setting.updated_by_name ? `${setting.updated_by_name}, ` : 'set up '}
      <RelativeTime date={setting.updated_at} />
    </span>
  )
}
