import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { type Control, Controller, useForm, useWatch } from 'react-hook-form'
import { firstAdminSchema, passwordSchema } from '../../../core/accounts/contract'
import type { Hello } from '../../../core/overview/contract'
import { Button } from '../../kit/button'
import { cx } from '../../kit/class-names'
import { Notice } from '../../kit/notice'
import { TextField } from '../../kit/text-field'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { Frame } from '../shell/frame'

interface NewAdmin {
  name: string
  email: string
  password: string
  confirmation: string
}

const fields = [
  { name: 'name', label: 'Name', type: 'text', autoComplete: 'name' },
  { name: 'email', label: 'E-mail', type: 'email', autoComplete: 'username' },
  { name: 'password', label: 'Password', type: 'password', autoComplete: 'new-password' },
  { name: 'confirmation', label: 'Password again', type: 'password', autoComplete: 'new-password' },
] as const

/** What the contract's schema says of one field; undefined where it is fine. */
function problemOf(name: keyof NewAdmin, values: NewAdmin): string | undefined {
  if (name === 'confirmation') {
    return values.confirmation === values.password ? undefined : 'The two passwords differ.'
  }
  const value = name === 'password' ? values.password : values[name].trim()
  const parsed = firstAdminSchema.shape[name].safeParse(value)
  return parsed.success ? undefined : parsed.error.issues[0]?.message
}

/** First run: the person at this machine becomes the admin, and is signed in at once. */
export function FirstAdminForm({ hello, onConnect }: { hello: Hello; onConnect?: () => void }) {
  const { client, session } = useConnection()
  const queries = useQueryClient()
  const { control, handleSubmit } = useForm<NewAdmin>({
    defaultValues: { name: '', email: '', password: '', confirmation: '' },
  })
  const create = useMutation({
    mutationFn: async ({ name, email, password }: NewAdmin) => {
      const admin = { name: name.trim(), email: email.trim(), password }
      // A session that outlived its host's data would only be refused.
      await session.signOut()
      await client.accounts.createFirstAdmin(admin)
      await session.signIn(admin.email, admin.password)
    },
    // Also after a refusal: somebody else may have been first.
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <Frame title="Create the first administrator">
      <p className="-mt-3 text-ink-2">
        {hello.mode === 'embedded'
          ? 'Everything stays on this machine. This account can do everything, and let others in.'
          : `This account can do everything in ${new URL(hello.supabase_url).host}, and let others in.`}
      </p>
      <form
        noValidate
        onSubmit={handleSubmit((values) => create.mutate(values))}
        className="flex flex-col gap-4"
      >
        {fields.map(({ name, label, type, autoComplete }, index) => (
          <Controller
            key={name}
            name={name}
            control={control}
            rules={{ validate: (_value, values) => problemOf(name, values) ?? true }}
            render={({ field: { ref, ...field }, fieldState }) => (
              <div className="flex flex-col gap-1.5">
                <TextField
                  {...field}
                  inputRef={ref}
                  label={label}
                  type={type}
                  autoComplete={autoComplete}
                  autoFocus={index === 0}
                  errorMessage={fieldState.error?.message}
                />
                {name === 'password' && !fieldState.error && <PasswordRule control={control} />}
              </div>
            )}
          />
        ))}
        {create.error && <Notice tone="bad">{describeError(create.error)}</Notice>}
        <Button variant="primary" size="lg" type="submit" isPending={create.isPending}>
          Create administrator
        </Button>
        {onConnect && hello.mode === 'embedded' && (
          <Button variant="ghost" onPress={onConnect}>
            Connect to a Supabase project instead…
          </Button>
        )}
      </form>
    </Frame>
  )
}

function PasswordRule({ control }: { control: Control<NewAdmin> }) {
  const isMet = passwordSchema.safeParse(useWatch({ control, name: 'password' })).success
  return (
    <span className={cx('flex items-center gap-1.5 text-sm', isMet ? 'text-good' : 'text-ink-3')}>
      <Check className={cx('size-3.5', !isMet && 'opacity-40')} aria-hidden />
      At least 8 characters{isMet && <span className="sr-only">: met</span>}
    </span>
  )
}
