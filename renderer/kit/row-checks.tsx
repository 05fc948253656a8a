import { Check, Minus } from 'lucide-react'
import { cx } from './class-names'

/** Which rows of a table are chosen for what is done to many. */
export interface RowChecks<T> {
  isChecked: (item: T) => boolean
  /** `isRange`: with Shift, from the row that was chosen last up to this one. */
  onToggle: (item: T, isRange: boolean) => void
  /** All that are loaded, or none. */
  onToggleAll: (isOn: boolean) => void
  /** What a box chooses: "the job of Ada". */
  getName: (item: T) => string
}

/** The box of a row. The table holds the focus, and its keys toggle it too. */
export function CheckCell<T>({ checks, item }: { checks: RowChecks<T>; item: T }) {
  const isOn = checks.isChecked(item)
  return (
    <div role="gridcell" className="flex">
      <span
        role="checkbox"
        aria-checked={isOn}
        aria-label={`Choose ${checks.getName(item)}`}
        tabIndex={-1}
        onMouseDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.stopPropagation()
          checks.onToggle(item, event.shiftKey)
        }}
        onDoubleClick={(event) => event.stopPropagation()}
        // The target reaches beyond the box, to the edge of the row.
        className="-my-2 -ml-4 flex w-8 justify-end py-2"
      >
        <Box state={isOn ? 'all' : 'none'} />
      </span>
    </div>
  )
}

/** The box above all rows. */
export function CheckHeader<T>({ checks, items }: { checks: RowChecks<T>; items: readonly T[] }) {
  const chosen = items.filter(checks.isChecked).length
  const state = chosen === 0 ? 'none' : chosen === items.length ? 'all' : 'some'
  return (
    <span role="columnheader" className="flex">
      <button
        type="button"
        role="checkbox"
        aria-checked={state === 'some' ? 'mixed' : state === 'all'}
        aria-label="Choose all that are shown"
        onClick={() => checks.onToggleAll(state !== 'all')}
        onKeyDown={(event) => event.stopPropagation()}
        className="rounded-sm"
      >
        <Box state={state} />
      </button>
    </span>
  )
}

function Box({ state }: { state: 'none' | 'some' | 'all' }) {
  return (
    <span
      aria-hidden
      className={cx(
        'flex size-4 shrink-0 items-center justify-center rounded-sm border text-on-accent [&_svg]:size-3',
        state === 'none' ? 'border-line-strong bg-panel' : 'border-transparent bg-accent',
      )}
    >
      {state === 'all' && <Check />}
      {state === 'some' && <Minus />}
    </span>
  )
}
