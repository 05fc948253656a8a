import { useMutation } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { Button } from '../../kit/button'
import { formatAmount, formatCount } from '../../kit/format'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { isAtLeast, useMe } from '../shell/me'

/** Lets every failed job start anew. */
export function RetryAllFailed({ failed }: { failed: number }) {
  const api = useApi()
  const { role } = useMe()
  const retry = useMutation(
    api.jobs.retryFailed.mutationOptions({
      onSuccess: ({ retried }) => notifyDone(`${formatAmount(retried, 'job')} started anew`),
      onError: (error) => notifyFailed('The jobs could not be started anew', describeError(error)),
    }),
  )
  if (failed === 0 || !isAtLeast(role, 'curator')) return null
  return (
    <Button
      icon={<RotateCw aria-hidden />}
      isPending={retry.isPending}
      onPress={() => retry.mutate(undefined)}
    >
      {`Retry ${formatCount(failed)} failed`}
    </Button>
  )
}
