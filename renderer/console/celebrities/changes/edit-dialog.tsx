import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CurationSelection } from '../../../../core/celebrities/contract-curation'
import { Button } from '../../../kit/button'
import { Dialog } from '../../../kit/dialog'
import { formatAmount } from '../../../kit/format'
import { Select } from '../../../kit/select'
import { TextField } from '../../../kit/text-field'
import { useApi } from '../../../rpc/connection'
import { useRested } from '../../lists/use-rested'
import { CategoryField } from '../category-field'
import { genderOptions } from '../filter-words'
import { DryRun } from './dry-run'
import {
  bulkEditOf,
  bulkFields,
  draftProblem,
  fieldLabels,
  noDrafts,
  type BulkField,
  type Draft,
} from './edit-fields'
import { useEdit } from './use-changes'

const ways = [
  { id: 'leave', label: 'Leave as it is' },
  { id: 'set', label: 'Set to' },
  { id: 'empty', label: 'Empty it' },
] as const

/** One edit of several celebrities, with what it would do before it is done. */
export function EditDialog({
  selection,
  count,
  onClose,
  onDone,
}: {
  selection: CurationSelection
  count: number
  onClose: () => void
  onDone: () => void
}) {
  const [drafts, setDrafts] = useState(noDrafts)
  const edit = bulkEditOf(drafts)
  const rested = useRested(JSON.stringify(edit), 250)
  const isRested = rested === JSON.stringify(edit)
  const plan = useQuery({
    ...useApi().curation.edit.queryOptions({
      input: { selection, edit: edit ?? { bio: null }, dry_run: true },
      gcTime: 0,
      placeholderData: keepPreviousData,
    }),
    enabled: edit !== undefined && isRested,
  })
  const changed = edit && plan.data ? plan.data.changed : 0
  const apply = useEdit(() => {
    onClose()
    onDone()
  })
  const submit = () => {
    if (edit && changed > 0 && !apply.isPending) apply.mutate({ selection, edit })
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit ${formatAmount(count, 'celebrity', 'celebrities')}`}
      width="md"
      onSubmit={submit}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            isDisabled={!edit || (isRested && changed === 0 && !plan.isFetching)}
            isPending={apply.isPending}
          >
            {changed > 0 ? `Change ${formatAmount(changed, 'celebrity', 'celebrities')}` : 'Change'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {bulkFields.map((field) => (
          <DraftRow
            key={field}
            field={field}
            draft={drafts[field]}
            onChange={(draft) => setDrafts({ ...drafts, [field]: draft })}
          />
        ))}
        <div className="min-h-20 border-t pt-3">
          {edit ? (
            <DryRun plan={plan} done="will be changed" />
          ) : (
            <p className="text-ink-3">
              Choose what is to change. How many it would change is said here before anything is done, and all
              of it can be undone.
            </p>
          )}
        </div>
      </div>
    </Dialog>
  )
}

function DraftRow({
  field,
  draft,
  onChange,
}: {
  field: BulkField
  draft: Draft
  onChange: (draft: Draft) => void
}) {
  const label = fieldLabels[field]
  return (
    <div className="grid grid-cols-[10rem_minmax(0,1fr)] items-start gap-3">
      <Select
        label={label}
        isField
        options={ways}
        value={draft.do}
        onChange={(way) => onChange({ ...draft, do: way ?? 'leave' })}
      />
      {draft.do === 'set' && (
        <DraftValue field={field} draft={draft} onText={(text) => onChange({ ...draft, text })} />
      )}
    </div>
  )
}

function DraftValue({
  field,
  draft,
  onText,
}: {
  field: BulkField
  draft: Draft
  onText: (text: string) => void
}) {
  const label = `New ${fieldLabels[field].toLowerCase()}`
  if (field === 'gender') {
    return (
      <Select
        label={label}
        isField
        options={genderOptions}
        value={genderOptions.find(({ id }) => id === draft.text)?.id}
        onChange={(gender) => onText(gender ?? '')}
      />
    )
  }
  if (field === 'category') return <CategoryField label={label} value={draft.text} onChange={onText} />
  return (
    <TextField
      label={label}
      rows={field === 'bio' ? 3 : 1}
      value={draft.text}
      onChange={onText}
      errorMessage={draft.text === '' ? undefined : draftProblem(field, draft)}
    />
  )
}
