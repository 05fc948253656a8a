import { useMutation } from '@tanstack/react-query'
import { useForm, Controller } from 'react-hook-form'
import type { Hello } from '../../../core/overview/contract'
import { Button } from '../../kit/button'
import { Notice } from '../../kit/notice'
import { TextField } from '../../kit/text-field'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { Frame } from '../shell/frame'

interface Credentials {
  email: string
  password: string
}

/** E-mail and password. */
export function SignInForm({ hello }: { hello: Hello }) {
  const { session } = useConnection()
  const { control, handleSubmit } = useForm<Credentials>({ defaultValues: { email: '', password: '' } })
  const signIn = useMutation({
    mutationFn: ({ email, password }: Credentials) => session.signIn(email.trim(), password),
  })
  return (
    <Frame title="Sign in to the console">
      <form
        noValidate
        onSubmit={handleSubmit((values) => signIn.mutate(values))}
        className="flex flex-col gap-4"
      >
        <Controller
          name="email"
          control={control}
          rules={{ required: 'Enter your e-mail address.' }}
          render={({ field: { ref, ...field }, fieldState }) => (
            <TextField
              {...field}
              inputRef={ref}
              label="E-mail"
              type="email"
              autoComplete="username"
              autoFocus
              errorMessage={fieldState.error?.message}
            />
          )}
        />
        <Controller
          name="password"
          control={control}
          rules={{ required: 'Enter your password.' }}
          render={({ field: { ref, ...field }, fieldState }) => (
            <TextField
              {...field}
              inputRef={ref}
              label="Password"
              type="password"
              autoComplete="current-password"
              errorMessage={fieldState.error?.message}
            />
          )}
        />
        {signIn.error && <Notice tone="bad">{describeError(signIn.error)}</Notice>}
        <Button variant="primary" size="lg" type="submit" isPending={signIn.isPending}>
          Sign in
        </Button>
      </form>
      <p className="text-sm text-ink-3">
        {hello.mode === 'embedded'
          ? 'Accounts of this machine.'
          : `Accounts of ${new URL(hello.supabase_url).host}.`}{' '}
        The console is for moderators, curators and admins.
      </p>
    </Frame>
  )
}
