import { useMutation, useQuery } from '@tanstack/react-query'
import type { WorkingMachine } from '../../../../core/jobs/contract-machine'
import type { MachineWork } from '../../../../core/model/machine-work'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { useApi, useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useVisible } from '../../../rpc/use-visible'
import { machineLabels, machineText } from './machine-words'

/** Milliseconds after which it is asked for anew: the machine may lose its plug, or be set elsewhere. */
const refresh = 5000

/** What the machine that answers gives to the queue. */
export function useMachine() {
  const isVisible = useVisible()
  return useQuery({
    ...useApi().jobs.machine.queryOptions({ refetchInterval: isVisible ? refresh : false, staleTime: 0 }),
    enabled: isVisible,
  })
}

interface Change {
  key: keyof MachineWork
  value: MachineWork[keyof MachineWork]
  /** What it takes the place of. */
  seen: WorkingMachine
}

/** Changes one setting of this machine, says so, and offers the way back. */
export function useSetMachine() {
  const { api, client, queries } = useConnection()
  const change = useMutation({
    mutationFn: ({ key, value }: Change) => client.jobs.setMachine({ [key]: value }),
    onSuccess: async (written, { key, seen }) => {
      queries.setQueryData(api.jobs.machine.queryKey(), written)
      notifyDone(`${machineLabels[key]}: ${machineText(written, key)}`, `Was: ${machineText(seen, key)}`, {
        label: 'Undo',
        onAction: () => change.mutate({ key, value: seen[key], seen: written }),
      })
      await Promise.all([
        queries.invalidateQueries({ queryKey: api.jobs.machine.key() }),
        queries.invalidateQueries({ queryKey: api.jobs.workers.key() }),
      ])
    },
    onError: (error, { key }) => notifyFailed(`${machineLabels[key]} was not changed`, describeError(error)),
  })
  return change
}
