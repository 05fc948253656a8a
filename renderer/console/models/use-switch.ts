import { useMutation } from '@tanstack/react-query'
import { notifyFailed } from '../../kit/toast'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** What an admin can do with the switch that is under way. */
export function useSwitch() {
  const { models } = useApi()
  const failed = (what: string) => ({ onError: (error: Error) => notifyFailed(what, describeError(error)) })
  return {
    pause: useMutation(models.pause.mutationOptions(failed('The switch could not be paused'))),
    resume: useMutation(models.resume.mutationOptions(failed('The switch could not be resumed'))),
    cancel: useMutation(models.cancel.mutationOptions(failed('The switch could not be cancelled'))),
    retryFailed: useMutation(models.retryFailed.mutationOptions(failed('The photos could not be retried'))),
    acceptFailed: useMutation(models.acceptFailed.mutationOptions(failed('That could not be decided'))),
  }
}
