import { useMutation } from '@tanstack/react-query'
import { ShieldOff } from 'lucide-react'
import { useState } from 'react'
import type { Person } from '../../../core/accounts/contract'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/dialog'
import { Notice } from '../../kit/notice'
import { notifyDone } from '../../kit/toast'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { isAtLeast, useMe } from '../shell/me'

/** For an admin: lets another member of staff, who has lost their phone, begin anew with the password alone. */
export function LostFactor({ person }: { person: Person }) {
  const me = useMe()
  const api = useApi()
  const [isAsking, setAsking] = useState(false)
  const name = person.name ?? person.email ?? 'this person'
  const remove = useMutation(
    api.accounts.removeSecondFactors.mutationOptions({
      onSuccess: ({ removed }) => {
        setAsking(false)
        if (removed > 0)
          notifyDone('Second factor removed', `${name} signs in by password and may set up another.`)
        else notifyDone('Nothing to remove', `${name} has no second factor.`)
      },
    }),
  )
  if (!isAtLeast(me.role, 'admin') || person.role === 'user' || person.id === me.id) return null
  return (
    <>
      <Button
        icon={<ShieldOff aria-hidden />}
        onPress={() => {
          remove.reset()
          setAsking(true)
        }}
        className="self-start"
      >
        Remove second factor…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate({ id: person.id })}
        title={`Remove the second factor of ${name}?`}
        confirm="Remove"
        isPending={remove.isPending}
      >
        For who has lost their phone: until {name} has set up another, the password alone opens this account.
        Make sure that it is {name} who asks.
        {remove.error && (
          <div className="mt-3">
            <Notice tone="bad">{describeError(remove.error)}</Notice>
          </div>
        )}
      </ConfirmDialog>
    </>
  )
}
