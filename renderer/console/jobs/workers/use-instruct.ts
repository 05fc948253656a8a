import { useMutation } from '@tanstack/react-query'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { instructionWords } from './worker-words'

/** Asks something of a worker: it is written down, and the worker obeys when it reads it. */
export function useInstruct() {
  const { api, queries } = useConnection()
  return useMutation(
    api.jobs.instruct.mutationOptions({
      onSuccess: async (worker, { instruction }) => {
        notifyDone(`${worker.host_name} was asked ${instructionWords[instruction].asked}`)
        await queries.invalidateQueries({ queryKey: api.jobs.workers.key() })
      },
      onError: (error) => notifyFailed('The worker could not be asked', describeError(error)),
    }),
  )
}

/** Takes a worker that is gone off the list. */
export function useForgetWorker() {
  const { api, queries } = useConnection()
  return useMutation(
    api.jobs.forgetWorker.mutationOptions({
      onSuccess: async () => {
        notifyDone('The worker is off the list')
        await Promise.all([
          queries.invalidateQueries({ queryKey: api.jobs.workers.key() }),
          queries.invalidateQueries({ queryKey: api.jobs.alarms.key() }),
        ])
      },
      onError: (error) => notifyFailed('The worker could not be taken off the list', describeError(error)),
    }),
  )
}
