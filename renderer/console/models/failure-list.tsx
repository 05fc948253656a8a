import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { SwitchFailure, SwitchProgress } from '../../../core/models/contract'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/dialog'
import { formatAmount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Thumbnail } from '../../kit/thumbnail'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { useSwitch } from './use-switch'

/** Photos that can't be redone, why, and what an admin decides about them. */
export function FailureList({ progress, isAdmin }: { progress: SwitchProgress; isAdmin: boolean }) {
  const api = useApi()
  const { failed, accepted } = progress
  const failures = useQuery(api.models.failures.queryOptions({ input: { limit: 100 } }))
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <h3 className="grow text-sm text-ink-2">
          {[
            failed > 0 && `${formatAmount(failed, 'photo')} failed`,
            accepted > 0 && `${formatAmount(accepted, 'photo')} will be left out`,
          ]
            .filter(Boolean)
            .join(', ')}
        </h3>
        {isAdmin && <Decision failed={failed} accepted={accepted} />}
      </div>
      {failures.error && <Notice tone="bad">{describeError(failures.error)}</Notice>}
      <ul
        aria-label="Failed photos"
        tabIndex={0}
        className="flex max-h-48 flex-col overflow-y-auto rounded-md border bg-panel"
      >
        {failures.data?.map((failure) => (
          <Failure key={failure.job_id} failure={failure} />
        ))}
      </ul>
    </div>
  )
}

function Failure({ failure }: { failure: SwitchFailure }) {
  const { name, subject, thumbnail_url, error_message, error_code, is_accepted } = failure
  return (
    <li className="flex items-center gap-3 border-b px-3 py-1.5 last:border-b-0">
      <Thumbnail src={thumbnail_url} name={name} />
      <span className="w-40 shrink-0 truncate">{name ?? 'Without a name'}</span>
      <span className="w-20 shrink-0 text-ink-3">{subject === 'face' ? 'Face' : 'Celebrity'}</span>
      <span className="min-w-0 grow truncate text-ink-2" title={error_message ?? undefined}>
        {error_message ?? error_code}
      </span>
      {is_accepted && <Badge>Left out</Badge>}
    </li>
  )
}

function Decision({ failed, accepted }: { failed: number; accepted: number }) {
  const { retryFailed, acceptFailed } = useSwitch()
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button
        size="sm"
        icon={<RotateCw aria-hidden />}
        isPending={retryFailed.isPending}
        onPress={() => retryFailed.mutate(undefined)}
      >
        {`Retry ${failed + accepted === 1 ? 'it' : 'all'}`}
      </Button>
      {failed > 0 && (
        <Button size="sm" onPress={() => setAsking(true)}>
          Switch without {failed === 1 ? 'it' : 'them'}…
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Switch without ${formatAmount(failed, 'photo')}?`}
        confirm={`Leave out ${formatAmount(failed, 'photo')}`}
        variant="primary"
        isPending={acceptFailed.isPending}
        onConfirm={() => acceptFailed.mutate(undefined, { onSettled: () => setAsking(false) })}
      >
        They stay where they are, but are compared with nobody after the switch. Jobs lists each of them, so
        that it can be tried again once its photo is there.
      </ConfirmDialog>
    </>
  )
}
