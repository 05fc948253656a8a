import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import { cx } from '../../../kit/class-names'
import { unknown } from '../../../kit/format'
import { fieldLabels, fieldProblem } from '../changes/edit-fields'
import { genderOptions } from '../filter-words'
import { type CellField, nextField, useEditing } from './editing'

/** A cell that a double click, or E on the row, opens for editing. */
export function EditableCell({
  celebrity,
  field,
  shown,
  children,
}: {
  celebrity: CelebritySummary
  field: CellField
  /** The columns of the table. */
  shown: readonly string[]
  children: ReactNode
}) {
  const { cell, begin, save, saving } = useEditing()
  const { id } = celebrity
  if (save && cell?.id === id && cell.field === field) {
    return <CellInput key={field} celebrity={celebrity} field={field} shown={shown} />
  }
  const kept = saving?.id === id && saving.field === field ? saving.text : undefined
  return (
    <span
      className="block truncate"
      onDoubleClick={(event) => {
        if (!save) return
        event.stopPropagation()
        begin({ id, field })
      }}
    >
      {kept === undefined ? children : <span className="text-ink-3">{kept || unknown}</span>}
    </span>
  )
}

function CellInput({
  celebrity,
  field,
  shown,
}: {
  celebrity: CelebritySummary
  field: CellField
  shown: readonly string[]
}) {
  const { begin, end, save } = useEditing()
  const before = celebrity[field] ?? ''
  const [text, setText] = useState<string>(before)
  const problem = fieldProblem(field, text)
  const label = `${fieldLabels[field]} of ${celebrity.name}`
  // What a key has ended, the blur that follows must not end again.
  const isOver = useRef(false)
  const leave = (isStored: boolean, go: () => void) => {
    if (isOver.current) return
    isOver.current = true
    if (isStored && text.trim() !== before) save?.({ id: celebrity.id, field }, text)
    go()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // The table's own keys are not meant while one writes.
    event.stopPropagation()
    if (event.key === 'Escape') leave(false, () => end(true))
    else if (event.key !== 'Enter' && event.key !== 'Tab') return
    else if (problem === undefined) {
      const next = event.key === 'Tab' ? nextField(field, shown, event.shiftKey) : undefined
      leave(true, () => (next ? begin({ id: celebrity.id, field: next }) : end(true)))
    }
    event.preventDefault()
  }
  const shared = {
    'aria-label': label,
    autoFocus: true,
    value: text,
    onKeyDown,
    onBlur: () => leave(problem === undefined, () => end(false)),
    className: cx(
      'h-7 w-full min-w-0 rounded-sm border bg-panel px-1.5 text-ink outline-2 -outline-offset-1',
      problem ? 'border-bad-solid outline-bad-solid' : 'border-accent outline-accent',
    ),
  }
  return (
    <span className="flex flex-col" onClick={(event) => event.stopPropagation()}>
      {field === 'gender' ? (
        <select {...shared} onChange={(event) => setText(event.target.value)}>
          <option value="">{unknown}</option>
          {genderOptions.map(({ id, label: words }) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          aria-invalid={problem !== undefined}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {problem && (
        <span role="alert" className="truncate text-sm text-bad" title={problem}>
          {problem}
        </span>
      )}
    </span>
  )
}
