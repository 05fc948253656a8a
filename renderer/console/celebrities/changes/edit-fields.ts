import type { CelebrityEdit } from '../../../../core/celebrities/contract-curation'

export type EditField = keyof CelebrityEdit

export const fieldLabels: Record<EditField, string> = {
  name: 'Name',
  bio: 'Bio',
  category: 'Category',
  gender: 'Gender',
  licence: 'Licence',
  source: 'Source',
}

/** The most characters of a text field. */
export const longest: Record<Exclude<EditField, 'gender'>, number> = {
  name: 200,
  bio: 2000,
  category: 100,
  licence: 500,
  source: 2000,
}

/** What is wrong with a text, in words that say how to mend it; undefined where nothing is. */
export function fieldProblem(field: EditField, text: string): string | undefined {
  if (field === 'gender') return undefined
  const length = text.trim().length
  if (field === 'name' && length === 0) return 'Enter a name.'
  if (length <= longest[field]) return undefined
  return `${longest[field].toLocaleString('en')} characters at most; these are ${length.toLocaleString('en')}.`
}

/** A text as it is stored: without blanks around it, and nothing where it is empty. */
export function editOf(field: EditField, text: string): CelebrityEdit {
  const trimmed = text.trim()
  return { [field]: trimmed === '' ? null : trimmed }
}

/** What is to become of a field of several celebrities. */
export interface Draft {
  do: 'leave' | 'set' | 'empty'
  text: string
}

/** Fields that several celebrities may share. */
export const bulkFields = ['category', 'gender', 'licence', 'source', 'bio'] as const
export type BulkField = (typeof bulkFields)[number]
export type Drafts = Record<BulkField, Draft>

const untouched: Draft = { do: 'leave', text: '' }
export const noDrafts: Drafts = {
  category: untouched,
  gender: untouched,
  licence: untouched,
  source: untouched,
  bio: untouched,
}

/** The edit that drafts make; undefined while nothing would change, or something is still wrong. */
export function bulkEditOf(drafts: Drafts): CelebrityEdit | undefined {
  const edits = bulkFields.flatMap((field): CelebrityEdit[] => {
    const draft = drafts[field]
    if (draft.do === 'leave') return []
    return [draft.do === 'empty' ? { [field]: null } : editOf(field, draft.text)]
  })
  if (edits.length === 0 || bulkFields.some((field) => draftProblem(field, drafts[field]))) return undefined
  return Object.assign({}, ...edits) as CelebrityEdit
}

/** What is wrong with a draft; undefined where nothing is. */
export function draftProblem(field: BulkField, draft: Draft): string | undefined {
  if (draft.do !== 'set') return undefined
  if (draft.text.trim() === '') return `Enter what it is to be, or choose “Empty it”.`
  return fieldProblem(field, draft.text)
}
