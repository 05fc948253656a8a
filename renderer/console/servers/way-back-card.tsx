import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { CurrentServers } from '../../../core/servers/contract'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/dialog'
import { Notice } from '../../kit/notice'
import { Card } from '../../kit/section'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** The ways out of a saved connection: the one before it, or this machine alone. */
export function WayBackCard({
  current,
  onSaved,
}: {
  current: CurrentServers
  onSaved: (isRestarting: boolean) => void
}) {
  const { client } = useConnection()
  const [asks, setAsks] = useState<'forget' | 'restore' | null>(null)
  const leave = useMutation({
    mutationFn: (way: 'forget' | 'restore') => client.servers[way](),
    onSuccess: ({ host }) => onSaved(host === 'restarting'),
    onSettled: () => setAsks(null),
  })
  const { former } = current
  const isBlocked = current.environment.length > 0
  if (isBlocked || (former === null && !current.saved)) return null
  return (
    <Card title="Way back">
      {leave.error && <Notice tone="bad">{describeError(leave.error)}</Notice>}
      <div className="flex flex-wrap gap-2">
        {former !== null && (
          <Button onPress={() => setAsks('restore')}>Back to the former connection: {former}</Button>
        )}
        {current.saved && <Button onPress={() => setAsks('forget')}>Use this machine alone</Button>}
      </div>
      <ConfirmDialog
        isOpen={asks !== null}
        onClose={() => setAsks(null)}
        onConfirm={() => asks && leave.mutate(asks)}
        isPending={leave.isPending}
        variant="primary"
        title={asks === 'restore' ? 'Back to the former connection?' : 'Use this machine alone?'}
        confirm={asks === 'restore' ? 'Go back' : 'Use this machine'}
      >
        {asks === 'restore'
          ? `The host starts again with ${former}. The connection in use now is kept, so that you can come back.`
          : 'The host starts again with its own database, accounts and photos. The connection in use now is kept, so that you can come back; nothing in it is changed.'}
      </ConfirmDialog>
    </Card>
  )
}
