import { type Control, Controller } from 'react-hook-form'
import { TextField } from '../../kit/text-field'

/** What a form with a code holds. */
export interface CodeValues {
  code: string
}

/** The digits of a code as people type and paste them: "123 456". */
export function digitsOf(code: string): string {
  return code.replace(/\D/g, '')
}

/** Six digits from an authenticator app. Password managers and phones fill it in. */
export function CodeField({
  control,
  autoFocus = false,
}: {
  control: Control<CodeValues>
  autoFocus?: boolean
}) {
  return (
    <Controller
      name="code"
      control={control}
      rules={{ validate: (code) => digitsOf(code).length === 6 || 'Enter the six digits of the code.' }}
      render={({ field: { ref, ...field }, fieldState }) => (
        <TextField
          {...field}
          inputRef={ref}
          label="Code"
          description="Six digits from your authenticator app."
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          autoFocus={autoFocus}
          errorMessage={fieldState.error?.message}
        />
      )}
    />
  )
}
