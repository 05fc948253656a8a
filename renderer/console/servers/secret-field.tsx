import { KeyRound } from 'lucide-react'
import { useEffect, useId, useRef } from 'react'
import { Button } from '../../kit/button'
import { TextField } from '../../kit/text-field'

/**
 * A secret: it can be entered and replaced, never read. `value` is undefined while the one that is set stays, and
 * empty where there is to be none.
 */
export function SecretField({
  label,
  description,
  placeholder,
  isSet,
  hint,
  value,
  onChange,
  isOptional = false,
  errorMessage,
}: {
  label: string
  description?: string
  placeholder?: string
  isSet: boolean
  /** The end of it, where that may be shown. */
  hint?: string | null
  value: string | undefined
  onChange: (value: string | undefined) => void
  isOptional?: boolean
  errorMessage?: string | undefined
}) {
  const wasEntered = useRef(false)
  const input = useRef<HTMLInputElement>(null)
  const isEntered = !isSet || value !== undefined
  useEffect(() => {
    // Whoever chose to replace it goes on typing.
    if (isSet && isEntered && !wasEntered.current) input.current?.focus()
    wasEntered.current = isEntered
  }, [isSet, isEntered])
  if (!isEntered) {
    return <KeptSecret {...{ label, hint, errorMessage, isOptional }} onReplace={() => onChange('')} />
  }
  return (
    <div className="flex flex-col gap-1">
      <TextField
        label={isOptional ? `${label} (optional)` : label}
        type="password"
        autoComplete="off"
        spellCheck="false"
        inputRef={input}
        value={value ?? ''}
        onChange={onChange}
        {...(placeholder ? { placeholder } : {})}
        {...(description ? { description } : {})}
        {...(errorMessage ? { errorMessage } : {})}
      />
      {isSet && (
        <div className="flex items-center gap-2 text-sm text-ink-3">
          {isOptional && value === '' && <span>Left empty, there will be none.</span>}
          <Button size="sm" variant="ghost" onPress={() => onChange(undefined)}>
            Keep the one that is set
          </Button>
        </div>
      )}
    </div>
  )
}

function KeptSecret({
  label,
  hint,
  errorMessage,
  isOptional,
  onReplace,
}: {
  label: string
  hint?: string | null | undefined
  errorMessage?: string | undefined
  isOptional: boolean
  onReplace: () => void
}) {
  const id = useId()
  return (
    <div role="group" aria-labelledby={id} className="flex flex-col gap-1">
      <span id={id} className="text-sm font-medium text-ink-2">
        {label}
      </span>
      <div className="flex h-8 items-center gap-2 rounded-md border bg-raised pr-1 pl-2 text-ink-2">
        <KeyRound className="size-3.5 shrink-0 text-ink-3" aria-hidden />
        <span className="grow truncate">{hint ? `Set, ends in ${hint}` : 'Set'}</span>
        <Button
          size="sm"
          variant="ghost"
          onPress={onReplace}
          aria-label={`${isOptional ? 'Replace or remove' : 'Replace'}: ${label}`}
        >
          {isOptional ? 'Replace or remove' : 'Replace'}
        </Button>
      </div>
      {errorMessage && <span className="text-sm text-bad normal-nums">{errorMessage}</span>}
    </div>
  )
}
