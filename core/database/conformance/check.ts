import { checkDocument, type Difference } from './check-document'
import { isPlatforms, type Live, standingOf } from './compare'
import { document } from './document'
import { objectKey, type SchemaObject } from './schema-object'
import { excessRights, stoodBefore } from './rights'
import type { Reference } from './reference'

/** What the database has that the document does not. */
export interface Extra {
  object: string
  /** The migration of ours that adds it; null: somebody else's. */
  from: string | null
}

/** Something of somebody else's that does what one of ours would, or bears its name. */
export interface Kept {
  object: string
  why: string
}

export interface Conformance {
  /** Whether nothing is missing or different. */
  conforms: boolean
  /** Whether none of the documented tables is there. */
  empty: boolean
  documented: Difference[]
  ours: Difference[]
  kept: Kept[]
  extra: Extra[]
}

/** Conveniences that the first migration makes where the server has them. */
export const optionalExtensions = ['pgcrypto', 'uuid-ossp', 'pg_trgm', 'plpgsql']

/**
 * Holds a live database against the document, and against what our migrations add.
 *
 * @param reference what the migrations that the database has, or should have, make of an empty one
 * @param kept what an adoption left alone, by object key
 * @param made keys of what an adoption made in the platform's schemas
 */
export function checkConformance(
  live: Live,
  reference: Reference,
  kept: ReadonlyMap<string, string>,
  made: ReadonlySet<string> = new Set(),
): Conformance {
  const documented = checkDocument(live)
  const empty = Object.keys(document.tables).every((name) => !live.objects.has(`table public.${name}`))
  const ours: Difference[] = []
  const left: Kept[] = []
  for (const object of reference.objects.values()) {
    const key = objectKey(object)
    if (isDocumented(object) || isPlatforms(object, live, reference.catalogue, made)) continue
    if (!isWorthNaming(object, live)) continue
    const { state, actual, because } = standingOf(object, reference.catalogue, live)
    if (state === 'stands') {
      if (because !== null) left.push({ object: key, why: because })
      continue
    }
    const why = kept.get(key)
    if (why !== undefined) left.push({ object: key, why })
    else ours.push(differenceOf(object, state, actual, reference))
  }
  for (const { object, rights } of excessRights(live.catalogue, reference.catalogue)) {
    const stood = (kept.get(object) ?? '').replace(stoodBefore, '').split(', ')
    const added = rights.filter((right) => !stood.includes(right))
    if (added.length < rights.length) left.push({ object, why: kept.get(object) ?? '' })
    if (added.length > 0) ours.push(moreThanGranted(object, added))
  }
  left.push(...conveniencesElsewhere(live))
  return {
    conforms: documented.length === 0 && ours.length === 0,
    ...{ empty, documented, ours, kept: left },
    extra: extrasOf(live, reference),
  }
}

function moreThanGranted(object: string, rights: string[]): Difference {
  const expected = 'no more than our migrations grant'
  return { object, state: 'different', expected, actual: `also ${rights.join(', ')}`, from: '' }
}

function conveniencesElsewhere({ catalogue }: Live): Kept[] {
  return catalogue.extensions.flatMap(({ name, schema }) => {
    const documented = document.extensions[name] as { schema: string; required: boolean } | undefined
    if (!documented || documented.required || documented.schema === schema) return []
    return [{ object: `extension ${name}`, why: `in the schema ${schema}; nothing depends on where it is` }]
  })
}

function differenceOf(
  object: SchemaObject,
  state: Difference['state'],
  actual: SchemaObject | null,
  { addedBy }: Reference,
): Difference {
  return {
    ...{ object: objectKey(object), state },
    expected: object.definition || 'is there',
    actual: state === 'missing' ? null : (actual?.definition ?? null),
    from: addedBy.get(objectKey(object)) ?? '',
  }
}

/** What lies in a missing table is not named beside it, nor what a server may lack. */
function isWorthNaming(object: SchemaObject, live: Live): boolean {
  const { kind, name, table } = object
  if (kind === 'extension') return !optionalExtensions.includes(name)
  if (kind === 'role' || kind === 'membership' || kind === 'schema') return true
  if (kind === 'table' || kind === 'view' || table === null) return true
  return live.objects.has(`table ${table}`) || live.objects.has(`view ${table}`)
}

/** Whether the document names an object, so that it was compared with that. */
export function isDocumented(object: SchemaObject): boolean {
  const { kind, name, table, columns } = object
  const bare = (table ?? '').replace(/^public\./, '')
  const documented = document.tables[bare]
  if (kind === 'function') {
    const own = /^public\.(\w+)\(/.exec(name)?.[1] ?? ''
    return own === 'auto_create_match_job'
  }
  if (kind === 'extension') return name in document.extensions
  if (!documented) return false
  switch (kind) {
    case 'table':
    case 'row-level security':
      return true
    case 'column':
      return name.replace(`public.${bare}.`, '') in documented.columns
    case 'index':
      return name.replace('public.', '') in documented.indexes
    case 'unique':
      return name.split(' on ')[0] in documented.unique
    case 'foreign key':
      return columns !== undefined && columns.length === 1 && columns[0] in documented.foreignKeys
    case 'check':
      return (
        columns?.length === 1 &&
        columns[0] in documented.checks &&
        !(bare === 'profiles' && columns[0] === 'role')
      )
    case 'row':
      return bare === 'system_settings' && name.replace('public.system_settings ', '') in document.settings
    default:
      return false
  }
}

const listedKinds = [
  'table',
  'column',
  'index',
  'view',
  'function',
  'trigger',
  'policy',
  'check',
  'unique',
  'foreign key',
]

function extrasOf(live: Live, reference: Reference): Extra[] {
  const stood = new Set<SchemaObject>()
  for (const object of reference.objects.values()) {
    const { actual } = standingOf(object, reference.catalogue, live)
    if (actual) stood.add(actual)
  }
  return [...live.objects.values()]
    .filter(
      (object) =>
        listedKinds.includes(object.kind) && (object.schema === 'public' || object.schema === 'private'),
    )
    .filter((object) => !isDocumented(object) && !isInExtraTable(object, live, reference))
    .map((object) => {
      const key = objectKey(object)
      const isOurs = reference.objects.has(key)
      // What an adoption adds in place of the rules of foreign keys.
      if (key.startsWith('trigger A_semblance_delete_referencing on '))
        return { object: key, from: '0008_derived_columns', stood: true }
      return {
        object: key,
        from: isOurs ? (reference.addedBy.get(key) ?? null) : null,
        stood: stood.has(object),
      }
    })
    .filter(({ from, stood }) => from !== null || !stood)
    .map(({ object, from }) => ({ object, from }))
}

/** The table itself says enough. */
function isInExtraTable({ kind, table }: SchemaObject, live: Live, { objects }: Reference): boolean {
  if (table === null || kind === 'table' || kind === 'view') return false
  const key = `table ${table}`
  const isDocumentedTable = table.startsWith('public.') && table.slice('public.'.length) in document.tables
  return !isDocumentedTable && (objects.has(key) || live.objects.has(key))
}
