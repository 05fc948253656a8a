import type { ReactNode } from 'react'
import { FieldError as AriaFieldError, Label as AriaLabel, Text } from 'react-aria-components'

/** The look of every box that text goes into. */
export const inputClass =
  'w-full min-w-0 rounded-md border border-line-strong bg-panel px-2 text-ink transition-colors placeholder:text-ink-3 ' +
  'data-hovered:border-ink-3 data-focused:border-accent data-focused:outline-2 data-focused:-outline-offset-1 data-focused:outline-accent ' +
  'data-invalid:border-bad-solid data-disabled:opacity-45'

/** A field's name above it. */
export function FieldLabel({ children }: { children: ReactNode }) {
  return <AriaLabel className="text-sm font-medium text-ink-2">{children}</AriaLabel>
}

/** What stands under a field: a hint, or what is wrong. */
export function FieldHelp({ description, errorMessage }: { description?: string; errorMessage?: string }) {
  return (
    <>
      {description && !errorMessage && (
        <Text slot="description" className="text-sm text-ink-3 normal-nums">
          {description}
        </Text>
      )}
      <AriaFieldError className="text-sm text-bad normal-nums">{errorMessage}</AriaFieldError>
    </>
  )
}
