import type { CelebrityChangeKind } from '../../database/curation-tables'

/** What a change was, in words for a person. */

export interface ChangeFacts {
  kind: CelebrityChangeKind
  /** Of an edit {column: value}; of others how many photos there were. */
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

/** “Category from nothing to Actor” */
export function describeChange({ kind, before, after }: ChangeFacts): string {
  switch (kind) {
    case 'edit':
      return describeEdit(before ?? {}, after ?? {})
    case 'merge':
      return describeMerge(after ?? {})
    case 'trash':
      return `Into the trash, with ${counted(after?.['photos'], 'photo')} and ${counted(after?.['lookalikes'], 'lookalike')}`
    case 'replace_photo':
      return before?.['photos']
        ? 'Another of their photos became the one that they are known by'
        : 'A new photo'
    case 'remove_photo':
      return 'A further photo was taken away'
    case 'add_photo':
      return 'A further photo was added'
    case 'add':
      return 'Added'
    case 'import':
      return 'Came by an import'
    case 'distinguish':
      return describeDistinction(after ?? {})
  }
}

/** The same of all that was done at once: “Category from nothing to Actor, of 12 celebrities”. */
export function describeGroup({
  name,
  celebrities,
  ...facts
}: ChangeFacts & { name: string | null; celebrities: number }) {
  if (facts.kind === 'merge') return describeMerge(facts.after ?? {}, name ?? 'another celebrity')
  // Of two, and said of one of them.
  if (facts.kind === 'distinguish') return `${describeChange(facts)}: ${name ?? 'one celebrity'}`
  return celebrities > 1
    ? `${describeMany(facts)}: ${celebrities.toLocaleString('en')} celebrities`
    : `${describeChange(facts)}: ${name ?? 'one celebrity'}`
}

/** What each of them said before, and how many photos went with it, is another for each. */
function describeMany(facts: ChangeFacts): string {
  if (facts.kind === 'edit') return listed(facts.after ?? {}, (value) => `to ${shown(value)}`)
  return facts.kind === 'trash' ? 'Into the trash' : describeChange(facts)
}

function describeEdit(before: Record<string, unknown>, after: Record<string, unknown>): string {
  return listed(after, (value, column) => `from ${shown(before[column])} to ${shown(value)}`)
}

function listed(values: Record<string, unknown>, say: (value: unknown, column: string) => string): string {
  const parts = Object.entries(values).map(([column, value], at) => {
    const label = at === 0 ? column.charAt(0).toUpperCase() + column.slice(1) : column
    return `${label} ${say(value, column)}`
  })
  return parts.join(', ')
}

function describeMerge(after: Record<string, unknown>, into = 'this one'): string {
  const names = Array.isArray(after['names']) ? after['names'].filter((name) => typeof name === 'string') : []
  if (names.length === 0) return 'Was merged into another'
  const shownNames = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return `${shownNames.join(', ')} merged into ${into}`
}

function describeDistinction(after: Record<string, unknown>): string {
  const other = typeof after['other_name'] === 'string' ? shown(after['other_name']) : 'another'
  return after['are_distinct'] === true ? `Told apart from ${other}` : `No longer told apart from ${other}`
}

/** Long texts are cut. */
function shown(value: unknown): string {
  if (typeof value !== 'string' || value === '') return 'nothing'
  return value.length > 60 ? `${value.slice(0, 57)}…` : value
}

function counted(value: unknown, what: string): string {
  const count = typeof value === 'number' ? value : 0
  return count === 1 ? `1 ${what}` : `${count.toLocaleString('en')} ${what}s`
}
