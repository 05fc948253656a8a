import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { Button } from '../kit/button'
import { Notice } from '../kit/notice'
import { Select } from '../kit/select'
import { TextField } from '../kit/text-field'
import { useConnection } from '../rpc/connection'
import { describeError } from '../rpc/errors'

interface Account {
  name: string
  school: string
  gender: 'female' | 'male' | 'other' | undefined
  email: string
  password: string
}

const empty: Account = { name: '', school: '', gender: undefined, email: '', password: '' }

const genders = [
  { id: 'female', label: 'Female' },
  { id: 'male', label: 'Male' },
  { id: 'other', label: 'Other' },
] as const

const fields = {
  name: { label: 'Name', autoComplete: 'name', required: 'Enter your name.' },
  school: { label: 'School', autoComplete: 'organization', required: 'Enter your school.' },
  email: { label: 'E-mail', type: 'email', autoComplete: 'username', required: 'Enter your e-mail address.' },
  password: { label: 'Password', type: 'password', required: 'Enter a password.' },
} as const

/** Signing in, or making an account. */
export function Join() {
  const { session } = useConnection()
  const [isNew, setIsNew] = useState(false)
  const { control, handleSubmit } = useForm<Account>({ defaultValues: empty })
  const enter = useMutation({
    mutationFn: async ({ name, school, gender, email, password }: Account) => {
      if (!isNew) return session.signIn(email.trim(), password)
      const data = { name: name.trim(), school: school.trim(), gender }
      const { error } = await session
        .supabase()
        .auth.signUp({ email: email.trim(), password, options: { data } })
      if (error) throw session.explain(error)
    },
  })
  const shown = isNew ? (['name', 'school', 'email', 'password'] as const) : (['email', 'password'] as const)
  return (
    <section className="mx-auto flex max-w-sm flex-col gap-5">
      <div>
        <h2 className="text-lg font-semibold text-balance">Which celebrity looks like you?</h2>
        <p className="text-ink-2">One photo tells.</p>
      </div>
      <form
        noValidate
        onSubmit={handleSubmit((values) => enter.mutate(values))}
        className="flex flex-col gap-4"
      >
        {shown.map((name) => {
          const { required, ...field } = fields[name]
          return (
            <Controller
              key={name}
              name={name}
              control={control}
              rules={{ required }}
              render={({ field: { ref, ...input }, fieldState }) => (
                <TextField {...field} {...input} inputRef={ref} errorMessage={fieldState.error?.message} />
              )}
            />
          )
        })}
        {isNew && (
          <Controller
            name="gender"
            control={control}
            render={({ field }) => (
              <Select
                isField
                label="Gender"
                anyLabel="Rather not say"
                options={genders}
                value={field.value}
                onChange={field.onChange}
              />
            )}
          />
        )}
        {enter.error && <Notice tone="bad">{describeError(enter.error)}</Notice>}
        <Button variant="primary" size="lg" type="submit" isPending={enter.isPending}>
          {isNew ? 'Create my account' : 'Sign in'}
        </Button>
      </form>
      <Button
        variant="ghost"
        onPress={() => {
          enter.reset()
          setIsNew(!isNew)
        }}
      >
        {isNew ? 'I have an account' : 'I am new here'}
      </Button>
    </section>
  )
}
