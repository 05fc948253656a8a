import { useId, type ReactNode } from 'react'
import { Button, type ButtonProps } from '../../../kit/button'
import { KeyHint } from '../../../kit/key-hint'
import type { Review } from './use-review'

/** What one can decide about the photo that is shown; the keys do the same. */
export function ActionBar({ review }: { review: Review }) {
  const { shown, canDecide, whyNot } = review
  const reference = shown?.reference ?? null
  const reason = useId()
  return (
    <div
      role="group"
      aria-label="Decide"
      className="flex shrink-0 flex-wrap items-center gap-1.5 border-t px-3 py-2"
    >
      <Action
        variant="primary"
        keyName="A"
        isDisabled={!canDecide || whyNot !== null}
        aria-describedby={reason}
        onPress={review.accept}
      >
        Accept
      </Action>
      <Action keyName="R" isDisabled={!canDecide} onPress={review.reject}>
        Reject
      </Action>
      {reference && (
        <>
          <Action keyName="S" isDisabled={!canDecide} onPress={review.samePerson}>
            Same person
          </Action>
          <Action keyName="D" isDisabled={!canDecide} onPress={review.differentPerson}>
            Different
          </Action>
        </>
      )}
      {/* A button that can't be pressed has no tooltip, and is passed over by the keyboard: it is said beside it. */}
      <p id={reason} role="status" className="min-w-0 grow basis-48 px-1 text-sm text-pretty text-ink-2">
        {whyNot}
      </p>
      <Action variant="ghost" keyName="N" onPress={() => review.walk(1)}>
        Next
      </Action>
    </div>
  )
}

function Action({
  keyName,
  children,
  ...rest
}: Omit<ButtonProps, 'children'> & { keyName: string; children: ReactNode }) {
  return (
    <Button {...rest} aria-keyshortcuts={keyName}>
      {children}
      <KeyHint keys={[keyName]} />
    </Button>
  )
}
