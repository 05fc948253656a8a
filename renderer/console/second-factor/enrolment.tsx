import { useMutation, useQuery } from '@tanstack/react-query'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Button } from '../../kit/button'
import { ErrorState } from '../../kit/error-state'
import { IconButton } from '../../kit/icon-button'
import { Notice } from '../../kit/notice'
import { Skeleton } from '../../kit/skeleton'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { beginEnrolment, type Enrolment, showCode } from '../../rpc/second-factor'
import { CodeField, type CodeValues, digitsOf } from './code-field'
import { enrolmentKey } from './use-session-changed'

interface EnrolmentProps {
  /** The app's first code was right. */
  onDone: () => void
  /** Where one can turn back. */
  onCancel?: () => void
}

/** Sets an authenticator app up: a picture to scan or a secret to type, then its first code. */
export function SetUpApp({ onDone, onCancel }: EnrolmentProps) {
  const { session } = useConnection()
  // Kept for as long as it is shown: a second look begins anew.
  const enrolment = useQuery({
    queryKey: [enrolmentKey],
    queryFn: () => beginEnrolment(session),
    gcTime: 0,
    retry: false,
  })
  if (enrolment.data) return <EnrolmentForm enrolment={enrolment.data} onDone={onDone} onCancel={onCancel} />
  if (enrolment.error) {
    return (
      <ErrorState
        title="A second factor can’t be set up just now"
        message={describeError(enrolment.error)}
        onRetry={() => void enrolment.refetch()}
        isRetrying={enrolment.isFetching}
      />
    )
  }
  return (
    <div role="status" aria-label="Preparing" className="flex flex-col gap-4">
      <Skeleton className="size-44" />
      <Skeleton className="h-14 w-full" />
    </div>
  )
}

function EnrolmentForm({ enrolment, onDone, onCancel }: EnrolmentProps & { enrolment: Enrolment }) {
  const { session } = useConnection()
  const { control, handleSubmit, resetField, setFocus } = useForm<CodeValues>({ defaultValues: { code: '' } })
  const verify = useMutation({
    mutationFn: ({ code }: CodeValues) => showCode(session, enrolment.factorId, digitsOf(code)),
    onSuccess: onDone,
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
      <ol className="flex list-decimal flex-col gap-4 pl-4 marker:text-ink-3">
        <li>
          Scan this picture with an authenticator app on your phone, or let your password manager do it.
          {/* White in both themes: cameras want dark squares on a light ground. */}
          <img
            src={enrolment.picture}
            alt="QR code with the secret below"
            className="mt-2 size-44 rounded-md border bg-white p-1"
          />
          <SecretText secret={enrolment.secret} />
        </li>
        <li>
          Type the code that it shows now.
          <div className="mt-2">
            <CodeField control={control} autoFocus />
          </div>
        </li>
      </ol>
      {verify.error && <Notice tone="bad">{describeError(verify.error)}</Notice>}
      <div className="flex justify-end gap-2">
        {onCancel && (
          <Button size="lg" onPress={onCancel}>
            Cancel
          </Button>
        )}
        <Button
          variant="primary"
          size="lg"
          type="submit"
          isPending={verify.isPending}
          className={onCancel ? '' : 'grow'}
        >
          Set up
        </Button>
      </div>
    </form>
  )
}

/** In groups of four, for who has to type it. */
function SecretText({ secret }: { secret: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(secret)
    setCopied(true)
  }
  return (
    <div className="mt-2">
      <span className="text-sm text-ink-3">Or type this secret into the app:</span>
      <div className="flex items-center gap-1">
        <code className="min-w-0 grow font-mono text-sm break-words select-all">
          {secret.match(/.{1,4}/g)?.join(' ')}
        </code>
        <IconButton label={isCopied ? 'Copied' : 'Copy the secret'} onPress={() => void copy()}>
          {isCopied ? <Check /> : <Copy />}
        </IconButton>
      </div>
    </div>
  )
}
