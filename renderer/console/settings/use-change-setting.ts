import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Setting, SettingKey } from '../../../core/settings/contract'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError, lacksSecondFactor } from '../../rpc/errors'

interface Change {
  key: SettingKey
  value: Setting['value']
  /** What it takes the place of. */
  seen: Setting
}

/** Changes a setting, says so, and offers the way back; a refusal says why. */
export function useChangeSetting(label: string, read: (value: unknown) => string) {
  const { api, client } = useConnection()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ key, value, seen }: Change) =>
      client.settings.set({ key, value, expected_updated_at: seen.updated_at }),
    onSuccess: (written, { key, seen }) => {
      const listKey = api.settings.list.queryKey()
      queries.setQueryData(listKey, (all) => all?.map((one) => (one.key === written.key ? written : one)))
      notifyDone(`${label}: ${read(written.value)}`, `Was: ${read(seen.value)}`, {
        label: 'Undo',
        onAction: () => change.mutate({ key, value: seen.value, seen: written }),
      })
    },
    onError: (error) => {
      const hint = lacksSecondFactor(error) ? ' It is in the menu with your name.' : ''
      notifyFailed(`${label} was not changed`, describeError(error) + hint)
      void queries.invalidateQueries({ queryKey: api.settings.key() })
    },
  })
  return change
}
