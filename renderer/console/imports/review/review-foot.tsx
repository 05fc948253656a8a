import { CircleAlert, CircleCheck } from 'lucide-react'
import { cx } from '../../../kit/class-names'
import { KeyHint } from '../../../kit/key-hint'
import { useNotes } from '../notes'
import { legend } from './keys'

/** The line below the buttons: what was just done, else what the keys do. */
export function ReviewFoot() {
  const { note } = useNotes()
  const Icon = note?.isFailure ? CircleAlert : CircleCheck
  return (
    <div className="flex min-h-7 shrink-0 items-center overflow-hidden border-t bg-app px-3 py-1 text-sm text-ink-2">
      <p role="status" aria-label="What was done" className="min-w-0">
        {note && (
          <span className={cx('flex items-start gap-1.5', note.isFailure ? 'text-bad' : 'text-ink')}>
            <Icon
              aria-hidden
              className={cx('mt-px size-3.5 shrink-0', note.isFailure ? 'text-bad' : 'text-good')}
            />
            <span className="min-w-0 text-pretty">{note.text}</span>
          </span>
        )}
      </p>
      {!note && (
        // The buttons say the same of themselves, and `?` says all of it.
        <p aria-hidden className="flex h-4 flex-wrap gap-x-3 gap-y-1 overflow-hidden text-ink-3">
          {legend.map(([keys, does]) => (
            <span key={does} className="flex items-center gap-1 whitespace-nowrap">
              <KeyHint keys={keys} />
              {does}
            </span>
          ))}
        </p>
      )}
    </div>
  )
}
