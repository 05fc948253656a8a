import { useMutation, useQuery } from '@tanstack/react-query'
import type { SamplesStatus } from '../../../core/samples/contract'
import { notifyFailed } from '../../kit/toast'
import { useApi, useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** How the sample people stand, and what can be done with them. */
export function useSamples() {
  const api = useApi()
  const { queries } = useConnection()
  const show = (status: SamplesStatus) => queries.setQueryData(api.samples.status.queryKey(), status)
  const failed = (what: string) => (error: Error) => notifyFailed(what, describeError(error))
  return {
    status: useQuery(api.samples.status.queryOptions()),
    load: useMutation(
      api.samples.load.mutationOptions({
        onSuccess: show,
        onError: failed('The samples could not be loaded'),
      }),
    ),
    cancel: useMutation(
      api.samples.cancel.mutationOptions({
        onSuccess: show,
        onError: failed('Loading could not be stopped'),
      }),
    ),
    remove: useMutation(
      api.samples.remove.mutationOptions({
        onSuccess: show,
        onError: failed('The samples could not be removed'),
      }),
    ),
  }
}
