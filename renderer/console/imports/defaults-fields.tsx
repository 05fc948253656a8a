import type { ImportDefaults } from '../../../core/celebrities/contract-import-schemas'
import { Select } from '../../kit/select'
import { TextField } from '../../kit/text-field'
import { CategoryField } from '../celebrities/category-field'

/** The defaults of a batch as they are typed: nothing is ''. */
export interface DefaultsDraft {
  licence: string
  source: string
  category: string
  gender: ImportDefaults['gender']
}

export const noDefaults: DefaultsDraft = { licence: '', source: '', category: '', gender: null }

export function draftOf({ licence, source, category, gender }: ImportDefaults): DefaultsDraft {
  return { licence: licence ?? '', source: source ?? '', category: category ?? '', gender }
}

export function defaultsOf({ licence, source, category, gender }: DefaultsDraft): ImportDefaults {
  const text = (value: string) => value.trim() || null
  return { licence: text(licence), source: text(source), category: text(category), gender }
}

/** What every photo of a batch gets that says nothing of its own. */
export function DefaultsFields({
  draft,
  onChange,
}: {
  draft: DefaultsDraft
  onChange: (draft: DefaultsDraft) => void
}) {
  const set = (change: Partial<DefaultsDraft>) => onChange({ ...draft, ...change })
  return (
    <div className="grid grid-cols-2 items-start gap-3 max-[799px]:grid-cols-1">
      <TextField
        label="Licence"
        description="Required before publishing: what allows us to show them, “CC BY 4.0”."
        value={draft.licence}
        onChange={(licence) => set({ licence })}
        maxLength={500}
      />
      <TextField
        label="Source"
        description="Required before publishing: where they come from, an address or a name."
        value={draft.source}
        onChange={(source) => set({ source })}
        maxLength={2000}
      />
      <CategoryField value={draft.category} onChange={(category) => set({ category })} />
      <Select
        label="Gender"
        isField
        anyLabel="As detected"
        options={[
          { id: 'female', label: 'Female' },
          { id: 'male', label: 'Male' },
        ]}
        value={draft.gender ?? undefined}
        onChange={(gender) => set({ gender: gender ?? null })}
      />
    </div>
  )
}
