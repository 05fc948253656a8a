import { useMutation } from '@tanstack/react-query'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { rememberImport } from './use-import'

export interface Reopening {
  /** Takes up the review of a published import again. */
  reopen: () => void
  /** Ends it where nothing is left to publish. */
  close: () => void
  isPending: boolean
}

/** What is published can be reviewed further, for those that waited for a person. */
export function useReopening(id: string): Reopening {
  const connection = useConnection()
  const { api } = connection
  const onSuccess = (after: Import) => rememberImport(connection, after)
  const reopen = useMutation(
    api.imports.reopen.mutationOptions({
      onSuccess,
      onError: (error) => notifyFailed('The import could not be taken up again', describeError(error)),
    }),
  )
  // With nothing left to publish this writes nothing anywhere.
  const close = useMutation(
    api.imports.publish.mutationOptions({
      onSuccess,
      onError: (error) => notifyFailed('The review could not be ended', describeError(error)),
    }),
  )
  return {
    reopen: () => reopen.mutate({ id }),
    close: () => close.mutate({ id }),
    isPending: reopen.isPending || close.isPending,
  }
}
