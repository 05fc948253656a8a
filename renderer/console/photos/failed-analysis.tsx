import { RotateCw } from 'lucide-react'
import { useMutation } from '@tanstack/react-query'
import type { JobKind } from '../../../core/jobs/contract'
import { imageReasons } from '../../../core/model/errors'
import { Button } from '../../kit/button'
import { Notice } from '../../kit/notice'
import { notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** Why the analysis of a photo failed, and the way to have it done again where that can help. */
export function FailedAnalysis({
  kind,
  job,
  message,
  mayRetry,
}: {
  kind: JobKind
  job: { id: string; attempts: number; error_code: string | null } | null
  message: string | null
  mayRetry: boolean
}) {
  const isPermanent = imageReasons.some((reason) => reason === job?.error_code)
  return (
    <Notice
      tone={job?.error_code === 'cancelled' ? 'info' : 'bad'}
      action={job && mayRetry && !isPermanent && <RetryButton id={job.id} kind={kind} />}
    >
      {message ?? 'The analysis failed.'}
      {job && job.attempts > 1 && ` Tried ${job.attempts} times.`}
    </Notice>
  )
}

function RetryButton({ id, kind }: { id: string; kind: JobKind }) {
  const { api, queries } = useConnection()
  const retry = useMutation(
    api.jobs.retry.mutationOptions({
      onSuccess: () =>
        queries.invalidateQueries({ queryKey: kind === 'face' ? api.accounts.key() : api.celebrities.key() }),
      onError: (error) => notifyFailed('The analysis could not be started again', describeError(error)),
    }),
  )
  return (
    <Button
      size="sm"
      icon={<RotateCw aria-hidden />}
      isPending={retry.isPending}
      onPress={() => retry.mutate({ id, kind })}
    >
      Try again
    </Button>
  )
}
