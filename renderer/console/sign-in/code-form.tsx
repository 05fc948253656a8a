import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import type { Me } from '../../../core/accounts/contract'
import { Button } from '../../kit/button'
import { ErrorState } from '../../kit/error-state'
import { Notice } from '../../kit/notice'
import { Select } from '../../kit/select'
import { Skeleton } from '../../kit/skeleton'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { listSecondFactors, type SecondFactor, showCode } from '../../rpc/second-factor'
import { CodeField, type CodeValues, digitsOf } from '../second-factor/code-field'
import { useSessionChanged } from '../second-factor/use-session-changed'
import { Frame } from '../shell/frame'

/** The password was right; the code is still missing. */
export function CodePage({ me }: { me: Me }) {
  const { session } = useConnection()
  const factors = useQuery({
    queryKey: ['second-factors'],
    queryFn: () => listSecondFactors(session),
  })
  return (
    <Frame title="Enter your code">
      <p className="-mt-3 text-ink-2">
        <span className="font-medium text-ink">{me.email ?? me.name}</span> is protected by a second factor.
      </p>
      {factors.data ? (
        <CodeForm factors={factors.data} />
      ) : factors.error ? (
        <ErrorState
          title="Your second factors could not be loaded"
          message={describeError(factors.error)}
          onRetry={() => void factors.refetch()}
          isRetrying={factors.isFetching}
        />
      ) : (
        <Skeleton className="h-14 w-full" />
      )}
      <p className="text-sm text-ink-3">
        Lost your phone? An admin can remove your second factor, so that you set up another.
      </p>
      <Button variant="ghost" onPress={() => void session.signOut()} className="-ml-2.5 self-start">
        Sign in with another account
      </Button>
    </Frame>
  )
}

function CodeForm({ factors }: { factors: readonly SecondFactor[] }) {
  const { session } = useConnection()
  const [chosenId, setChosenId] = useState<string>()
  const factorId = chosenId ?? factors[0]?.id
  const { control, handleSubmit, resetField, setFocus } = useForm<CodeValues>({ defaultValues: { code: '' } })
  const verify = useMutation({
    mutationFn: async ({ code }: CodeValues) => {
      if (factorId !== undefined) await showCode(session, factorId, digitsOf(code))
    },
    onSuccess: useSessionChanged(),
    onError: () => {
      resetField('code')
      setFocus('code')
    },
  })
  return (
    <form
      noValidate
      onSubmit={handleSubmit((values) => verify.mutate(values))}
      className="flex flex-col gap-4"
    >
      {factors.length > 1 && (
        <Select
          isField
          label="From"
          options={factors.map(({ id, name }) => ({ id, label: name }))}
          value={factorId}
          onChange={setChosenId}
        />
      )}
      <CodeField control={control} autoFocus />
      {verify.error && <Notice tone="bad">{describeError(verify.error)}</Notice>}
      <Button variant="primary" size="lg" type="submit" isPending={verify.isPending}>
        Continue
      </Button>
    </form>
  )
}
