import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus, ShieldCheck, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog, Dialog } from '../../kit/dialog'
import { ErrorState } from '../../kit/error-state'
import { IconButton } from '../../kit/icon-button'
import { Notice } from '../../kit/notice'
import { Skeleton } from '../../kit/skeleton'
import { RelativeTime } from '../../kit/time'
import { notifyDone } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { listSecondFactors, removeSecondFactor, type SecondFactor } from '../../rpc/second-factor'
import { useMe } from '../shell/me'
import { SetUpApp } from './enrolment'
import { useSessionChanged } from './use-session-changed'

const factorsKey = ['second-factors']

/** A person's own second factors: what there is, another, and away with one. */
export function SecondFactorDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Second factor">
      <SecondFactors />
    </Dialog>
  )
}

function SecondFactors() {
  const { session } = useConnection()
  const sessionChanged = useSessionChanged()
  const [isAdding, setAdding] = useState(false)
  const factors = useQuery({
    queryKey: factorsKey,
    queryFn: () => listSecondFactors(session),
    staleTime: 0,
  })
  const finish = () => {
    setAdding(false)
    void sessionChanged()
    notifyDone('Second factor set up', 'You are asked for its code when you sign in.')
  }
  if (isAdding) return <SetUpApp onDone={finish} onCancel={() => setAdding(false)} />
  if (factors.error) {
    return (
      <ErrorState
        title="Your second factors could not be loaded"
        message={describeError(factors.error)}
        onRetry={() => void factors.refetch()}
        isRetrying={factors.isFetching}
      />
    )
  }
  if (!factors.data) return <Skeleton className="h-16 w-full" />
  return (
    <div className="flex flex-col gap-3">
      <p className="text-pretty text-ink-2">
        {factors.data.length === 0
          ? 'Your password is all that protects this account. With an authenticator app, signing in takes a code from your phone as well.'
          : 'Signing in takes your password and a code of one of these apps.'}
      </p>
      {factors.data.length > 0 && (
        <ul aria-label="Your second factors" className="divide-y rounded-md border">
          {factors.data.map((factor) => (
            <FactorLine key={factor.id} factor={factor} isLast={factors.data.length === 1} />
          ))}
        </ul>
      )}
      <Button
        variant={factors.data.length === 0 ? 'primary' : 'secondary'}
        icon={<Plus aria-hidden />}
        onPress={() => setAdding(true)}
        // The focus was in the form that has gone; without any the keyboard would be lost.
        autoFocus
        className="self-start"
      >
        {factors.data.length === 0 ? 'Set up an authenticator app' : 'Add another app'}
      </Button>
    </div>
  )
}

function FactorLine({ factor, isLast }: { factor: SecondFactor; isLast: boolean }) {
  const { session } = useConnection()
  const sessionChanged = useSessionChanged()
  const { required } = useMe().second_factor
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => removeSecondFactor(session, factor.id),
    onSuccess: async () => {
      setAsking(false)
      await sessionChanged()
      // Who is led to set up another sees that it has gone.
      if (!isLast || !required) notifyDone(`${factor.name} removed`)
    },
  })
  return (
    <li className="flex items-center gap-2.5 px-3 py-2">
      <ShieldCheck className="size-4 shrink-0 text-good" aria-hidden />
      <span className="min-w-0 grow">
        <span className="block truncate font-medium">{factor.name}</span>
        <span className="block text-sm text-ink-3">
          added <RelativeTime date={factor.addedAt} />
        </span>
      </span>
      <IconButton label={`Remove ${factor.name}`} onPress={() => setAsking(true)}>
        <Trash2 />
      </IconButton>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate()}
        title={`Remove ${factor.name}?`}
        confirm="Remove"
        isPending={remove.isPending}
      >
        {isLast
          ? required
            ? 'Staff need a second factor here: you will be asked to set up another one at once.'
            : 'Your password alone will open this account.'
          : 'Its codes will no longer open this account.'}
        {remove.error && (
          <div className="mt-3">
            <Notice tone="bad">{describeError(remove.error)}</Notice>
          </div>
        )}
      </ConfirmDialog>
    </li>
  )
}
