import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { Setting, SettingKey } from '../../../core/settings/contract'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { formatLabel } from '../../kit/format'
import { Page } from '../../kit/page'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { isAtLeast, useMe } from '../shell/me'
import { type KnownSetting, readUnknown, settingGroups, weightsKey } from './known-settings'
import { SettingEditor } from './setting-editor'
import { SettingLine } from './setting-line'
import { WeightsCard } from './weights-card'

export const searchSchema = z.object({})

/** The rules of this database: staff read them, admins change them. */
export function Screen() {
  const api = useApi()
  const settings = useQuery(api.settings.list.queryOptions())
  return (
    <Page title="Settings" count={settings.data && 'shared by everybody who uses this database'}>
      {settings.data ? (
        <SettingList settings={settings.data} />
      ) : settings.error ? (
        <ErrorState
          title="The settings could not be loaded"
          message={describeError(settings.error)}
          onRetry={() => void settings.refetch()}
          isRetrying={settings.isFetching}
        />
      ) : (
        <div role="status" aria-label="Loading the settings" className="flex grow flex-col gap-3 bg-app p-4">
          <Skeleton className="h-56 w-180 max-w-full rounded-md" />
          <Skeleton className="h-64 w-180 max-w-full rounded-md" />
        </div>
      )}
    </Page>
  )
}

function SettingList({ settings }: { settings: readonly Setting[] }) {
  const mayEdit = isAtLeast(useMe().role, 'admin')
  const byKey = new Map(settings.map((setting) => [setting.key, setting]))
  const weights = byKey.get(weightsKey)
  const known = new Set<string>([
    weightsKey,
    ...settingGroups.flatMap((group) => Object.keys(group.settings)),
  ])
  const others = settings.filter(({ key }) => !known.has(key))
  if (settings.length === 0) {
    return (
      <EmptyState title="No settings">
        This database holds no settings. Its migrations write the first ones.
      </EmptyState>
    )
  }
  return (
    <div
      role="group"
      aria-label="All settings"
      tabIndex={0}
      className="grow overflow-y-auto bg-app p-4 outline-none"
    >
      <div className="flex max-w-200 flex-col gap-3">
        {weights && <WeightsCard setting={weights} />}
        {settingGroups.map(({ title, settings: group }) => (
          <Group key={title} title={title}>
            {(Object.entries(group) as [SettingKey, KnownSetting][]).map(([key, known]) => {
              const setting = byKey.get(key)
              if (!setting) return null
              const value = mayEdit ? (
                <SettingEditor name={key} setting={setting} known={known} />
              ) : (
                known.read(setting.value)
              )
              return <SettingLine key={key} label={known.label} value={value} setting={setting} />
            })}
          </Group>
        ))}
        {others.length > 0 && (
          <Group title="Others">
            {others.map((setting) => (
              <SettingLine
                key={setting.key}
                label={formatLabel(setting.key)}
                value={readUnknown(setting.value)}
                setting={setting}
              />
            ))}
          </Group>
        )}
      </div>
    </div>
  )
}

function Group({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="rounded-md border bg-panel">
      <h2 className="flex h-10 items-center px-4 font-semibold">{title}</h2>
      <dl>{children}</dl>
    </section>
  )
}
