import { useMutation } from '@tanstack/react-query'
import { ArrowUpDown, Ban, Ellipsis, EyeOff, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Job } from '../../../../core/jobs/contract'
import type { BulkAction } from '../../../../core/jobs/contract-bulk'
import type { JobDetail } from '../../../../core/jobs/contract-detail'
import { Button } from '../../../kit/button'
import { IconButton } from '../../../kit/icon-button'
import { KeyHint } from '../../../kit/key-hint'
import { Menu, type MenuEntry } from '../../../kit/menu'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { useShortcut } from '../../../kit/use-shortcut'
import { useApi } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { isAtLeast, useMe } from '../../shell/me'
import { actionWords } from '../bulk/bulk-words'
import type { BulkAsk } from '../bulk/use-bulk-plan'

/** What can be done to one job as it stands. */
export function JobButtons({
  job,
  detail,
  onAsk,
}: {
  job: Job
  detail: JobDetail | undefined
  onAsk: (ask: BulkAsk) => void
}) {
  const { role } = useMe()
  const retry = useRetry(job)
  if (!isAtLeast(role, 'curator')) {
    return <span className="text-ink-3">A curator can retry and cancel jobs.</span>
  }
  const ask = (action: BulkAction) => () =>
    onAsk({
      action,
      selection: { ids: [{ id: job.id, kind: job.kind }] },
      which: `the job of ${job.name ?? 'no name'}`,
    })
  const entry = (action: BulkAction, icon: ReactNode): MenuEntry => ({
    id: action,
    label: `${actionWords[action].label}…`,
    icon,
    onAction: ask(action),
  })
  const isOpen = job.status === 'pending' || job.status === 'processing'
  const again = (stage: 'fetch' | 'search', label: string): MenuEntry => ({
    id: `again from ${stage}`,
    label,
    icon: <RotateCw />,
    isDisabled: retry.isPending,
    onAction: () => retry.mutate({ id: job.id, kind: job.kind, from_stage: stage }),
  })
  const more = [
    ...(isOpen
      ? [entry('prioritise', <ArrowUpDown />), entry('cancel', <Ban />)]
      : [
          again('fetch', 'Run again from the start'),
          again('search', 'Run again from the search'),
          ...(job.status === 'failed' && !job.dismissed_at ? [null, entry('dismiss', <EyeOff />)] : []),
        ]),
  ]
  return (
    <>
      {job.status === 'failed' && <RetryJob job={job} detail={detail} retry={retry} />}
      <Menu label="More for this job" entries={more} placement="top start">
        <IconButton label="More for this job">
          <Ellipsis />
        </IconButton>
      </Menu>
      {job.status === 'completed' && <span className="text-ink-3">Done.</span>}
    </>
  )
}

function useRetry(job: Job) {
  return useMutation(
    useApi().jobs.retry.mutationOptions({
      onSuccess: () => notifyDone(`The job of ${job.name ?? 'this photo'} starts anew`),
      onError: (error) => notifyFailed('The job could not be started anew', describeError(error)),
    }),
  )
}

function RetryJob({
  job,
  detail,
  retry,
}: {
  job: Job
  detail: JobDetail | undefined
  retry: ReturnType<typeof useRetry>
}) {
  const start = () => retry.mutate({ id: job.id, kind: job.kind })
  useShortcut('r', start, { isDisabled: retry.isPending })
  const from = detail?.checkpoint?.stage
  return (
    <Button
      variant={detail?.retry_helps === 'no' ? 'secondary' : 'primary'}
      icon={<RotateCw aria-hidden />}
      isPending={retry.isPending}
      onPress={start}
    >
      {from ? `Retry from ${from}` : 'Retry'}
      <KeyHint keys={['R']} />
    </Button>
  )
}
