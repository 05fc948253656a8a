import { useMutation } from '@tanstack/react-query'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { isRunning } from './import-words'
import { rememberImport } from './use-import'

/** Stopping what the host does for an import, and having it go on. */
export function usePausing(of: Import) {
  const connection = useConnection()
  const { api } = connection
  const onSuccess = (after: Import) => rememberImport(connection, after)
  const pause = useMutation(
    api.imports.pause.mutationOptions({
      onSuccess,
      onError: (error) => notifyFailed('The import could not be paused', describeError(error)),
    }),
  )
  const resume = useMutation(
    api.imports.resume.mutationOptions({
      onSuccess,
      onError: (error) => notifyFailed('The import could not go on', describeError(error)),
    }),
  )
  const isWorking = ['scanning', 'analyzing', 'publishing', 'undoing'].includes(of.state)
  return {
    canPause: isWorking && isRunning(of) && of.problem === null,
    canResume: isWorking && (of.paused || of.problem !== null),
    pause: () => pause.mutate({ id: of.id }),
    resume: () => resume.mutate({ id: of.id }),
    isPending: pause.isPending || resume.isPending,
  }
}
