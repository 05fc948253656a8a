import { PencilLine } from 'lucide-react'
import { type KeyboardEvent, type Ref, useRef, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import type { Celebrity } from '../../../../core/celebrities/contract'
import { formatLabel, unknown } from '../../../kit/format'
import { Select } from '../../../kit/select'
import { TextField } from '../../../kit/text-field'
import { useCategories } from '../category-field'
import { editOf, fieldLabels, fieldProblem, type EditField } from '../changes/edit-fields'
import { useEdit } from '../changes/use-changes'
import { genderOptions } from '../filter-words'
import { useFacets } from '../list/use-facets'

/** A fact that is written where it stands: Enter stores it, Escape leaves it. */
export function InlineField({
  celebrity,
  field,
  value,
  mayEdit,
  editRef,
}: {
  celebrity: Pick<Celebrity, 'id' | 'name'>
  field: EditField
  value: string | null
  mayEdit: boolean
  editRef?: Ref<HTMLButtonElement>
}) {
  const [isEditing, setEditing] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const edit = useEdit()
  const label = fieldLabels[field]
  const close = (isByKey: boolean) => {
    setEditing(false)
    // The button is drawn in the next frame.
    if (isByKey) requestAnimationFrame(() => opener.current?.focus())
  }
  const store = (text: string, isByKey: boolean) => {
    close(isByKey)
    if (text.trim() === (value ?? '')) return
    edit.mutate({
      selection: { ids: [celebrity.id] },
      edit: editOf(field, text),
      done: `${label} of ${celebrity.name} changed`,
    })
  }
  if (isEditing) {
    return <FieldEditor field={field} value={value ?? ''} onStore={store} onLeave={() => close(true)} />
  }
  // What was stored stands there at once; the list follows.
  const pending = edit.isPending ? edit.variables.edit[field] : undefined
  const shown = pending === undefined ? value : pending
  const isWord = field === 'category' || field === 'gender'
  const text = shown ? (isWord ? formatLabel(shown) : shown) : null
  return (
    <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-start gap-x-4">
      <span className="py-0.5 text-ink-3">{label}</span>
      {mayEdit ? (
        <AriaButton
          ref={mergeRefs(opener, editRef)}
          aria-label={`${label}: ${text ?? 'none'}. Edit`}
          onPress={() => setEditing(true)}
          className="group -mx-1.5 flex min-w-0 items-start gap-2 rounded-sm px-1.5 py-0.5 text-left data-hovered:bg-raised data-focus-visible:outline-2"
        >
          <FieldText text={text} />
          <PencilLine
            className="mt-0.5 size-3.5 shrink-0 text-ink-3 opacity-0 group-data-focus-visible:opacity-100 group-data-hovered:opacity-100"
            aria-hidden
          />
        </AriaButton>
      ) : (
        <span className="py-0.5">
          <FieldText text={text} />
        </span>
      )}
    </div>
  )
}

function FieldText({ text }: { text: string | null }) {
  if (text === null) return <span className="grow text-ink-3">{unknown}</span>
  return <span className="min-w-0 grow break-words whitespace-pre-line">{text}</span>
}

function mergeRefs<T>(...refs: (Ref<T> | undefined)[]) {
  return (element: T | null) => {
    for (const ref of refs) {
      if (typeof ref === 'function') ref(element)
      else if (ref) ref.current = element
    }
  }
}

function FieldEditor({
  field,
  value,
  onStore,
  onLeave,
}: {
  field: EditField
  value: string
  onStore: (text: string, isByKey: boolean) => void
  onLeave: () => void
}) {
  const [text, setText] = useState(value)
  const problem = fieldProblem(field, text)
  const isLong = field === 'bio'
  const suggestions = useSuggestions(field)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onLeave()
      return
    }
    // Of a choice, Enter takes what is marked. In a text of several lines Enter makes a new one; with Ctrl it stores there too.
    if (event.key !== 'Enter' || field === 'gender' || (isLong && !event.ctrlKey && !event.metaKey)) return
    event.preventDefault()
    event.stopPropagation()
    if (!problem) onStore(text, true)
  }
  return (
    // Keys are taken on their way down: the fields have uses for Escape and Enter of their own.
    <div
      onKeyDownCapture={onKeyDown}
      onBlur={(event) => {
        if (field === 'gender' || event.currentTarget.contains(event.relatedTarget)) return
        if (!problem) onStore(text, false)
      }}
    >
      {field === 'gender' ? (
        <Select
          label={fieldLabels.gender}
          isField
          anyLabel="None"
          options={genderOptions}
          value={genderOptions.find(({ id }) => id === text)?.id}
          onChange={(gender) => onStore(gender ?? '', true)}
        />
      ) : (
        <TextField
          label={fieldLabels[field]}
          rows={isLong ? 5 : 1}
          value={text}
          onChange={setText}
          autoFocus
          suggestions={suggestions}
          errorMessage={problem}
          description={
            isLong
              ? 'Ctrl and Enter stores, Esc leaves it as it was.'
              : 'Enter stores, Esc leaves it as it was.'
          }
        />
      )}
    </div>
  )
}

/** What others have there: most texts have been written before. */
function useSuggestions(field: EditField): string[] | undefined {
  const categories = useCategories()
  const facets = useFacets().data
  if (field === 'category') return categories
  return field === 'licence' ? facets?.licences.map(({ value }) => value) : undefined
}
