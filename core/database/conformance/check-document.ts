import type { TableInspection } from '../inspect'
import { type Document, document as theDocument } from './document'
import type { DocumentedTable } from './document-tables'
import type { Live } from './compare'
import { tableOf } from './compare'
import { checkAsWritten, indexAsWritten, normalizeDefault } from './text'

/** Where a live database is not as it should be. */
export interface Difference {
  /** `column public.faces.embedding` */
  object: string
  state: 'missing' | 'different'
  expected: string
  /** Null where it is missing. */
  actual: string | null
  /** `document`, or the migration that adds it. */
  from: string
}

type Tell = (object: string, expected: string, actual: string | null) => void

/** Every difference between a live database and the documented data model. */
export function checkDocument({ catalogue, objects }: Live, document: Document = theDocument): Difference[] {
  const found: Difference[] = []
  const tell: Tell = (object, expected, actual) => {
    if (expected === actual) return
    found.push({
      object,
      state: actual === null ? 'missing' : 'different',
      expected,
      actual,
      from: 'document',
    })
  }
  for (const [name, documented] of Object.entries(document.tables)) {
    const table = tableOf(catalogue, `public.${name}`)
    if (!table) {
      tell(`table public.${name}`, `${Object.keys(documented.columns).length} columns`, null)
      continue
    }
    checkColumns(table, documented, tell)
    checkConstraints(table, documented, tell)
    checkIndexes(table, documented, tell)
  }
  checkFunctions({ catalogue, objects }, document, tell)
  checkAccess({ catalogue, objects }, document, tell)
  checkSettings({ catalogue, objects }, document, tell)
  for (const [name, { schema, required }] of Object.entries(document.extensions)) {
    const installed = catalogue.extensions.find((extension) => extension.name === name)
    // Where a convenience lies matters to nobody: nothing depends on it.
    if (required)
      tell(
        `extension ${name}`,
        `in the schema ${schema}`,
        installed ? `in the schema ${installed.schema}` : null,
      )
  }
  return found
}

function checkColumns(table: TableInspection, documented: DocumentedTable, tell: Tell): void {
  for (const [name, written] of Object.entries(documented.columns)) {
    const { type, default: value } = typeof written === 'string' ? { type: written, default: null } : written
    const column = table.columns.find((one) => one.name === name)
    const text = (kind: string, isNullable: boolean, standard: string | null) =>
      `${kind}${isNullable ? '' : ' not null'}${standard === null ? '' : ` default ${standard}`}`
    const actual = column
      ? `${text(column.type, column.nullable, normalizeDefault(column.default))}${column.generated === null ? '' : ' generated'}`
      : null
    tell(
      `column public.${table.name}.${name}`,
      text(type.replace('!', ''), !type.endsWith('!'), value),
      actual,
    )
  }
}

function checkConstraints(table: TableInspection, documented: DocumentedTable, tell: Tell): void {
  const full = `public.${table.name}`
  const key = documented.primaryKey ?? ['id']
  tell(`primary key of ${full}`, key.join(', '), table.primary_key?.join(', ') ?? null)
  for (const [name, columns] of Object.entries(documented.unique)) {
    const same = table.unique.find((one) => one.columns.toSorted().join() === columns.toSorted().join())
    const written = `unique btree (${columns.join(', ')})`
    const index = table.indexes.find(
      (one) => one.valid && indexAsWritten(one.definition, one.unique) === written,
    )
    const named = table.unique.find((one) => one.name === name)
    const stands = same ?? index
    tell(
      `unique ${name} on ${full}`,
      columns.join(', '),
      stands ? columns.join(', ') : (named?.columns.join(', ') ?? null),
    )
  }
  for (const [column, values] of Object.entries(documented.checks)) checkValues(table, column, values, tell)
  for (const [column, written] of Object.entries(documented.foreignKeys)) {
    const [target, ...rule] = written.split(' ')
    const keys = table.foreign_keys.filter((one) => one.columns.length === 1 && one.columns[0] === column)
    const actual = keys.find((one) => one.references === `public.${target}`) ?? keys[0]
    const expectedRule = rule.join(' ')
    const accepted = expectedRule === '' ? ['no action', 'cascade', 'set null'] : [expectedRule]
    const isAccepted = actual && accepted.includes(actual.on_delete)
    const text = (to: string, on: string) => `references ${to} (id) on delete ${on}`
    const expected = text(`public.${target}`, isAccepted ? actual.on_delete : accepted.join(' or '))
    tell(`foreign key ${full}.${column}`, expected, actual ? text(actual.references, actual.on_delete) : null)
  }
}

/** A role may have become wider: that is ours, and the check of our own objects looks at it. */
function checkValues(table: TableInspection, column: string, values: string[], tell: Tell): void {
  const checks = table.checks.filter((one) => one.columns.length === 1 && one.columns[0] === column)
  const written = checks.map((check) => checkAsWritten(check.definition))
  const isRole = table.name === 'profiles' && column === 'role'
  const same = written.find((one) =>
    isRole
      ? values.every((value) => one.includes(value))
      : one.toSorted().join() === values.toSorted().join(),
  )
  const actual = same ? values : (written[0] ?? null)
  tell(`check public.${table.name}.${column}`, values.join(', '), actual?.join(', ') ?? null)
}

function checkIndexes(table: TableInspection, documented: DocumentedTable, tell: Tell): void {
  const live = table.indexes.map((one) => ({
    ...one,
    written: `${indexAsWritten(one.definition, one.unique)}${one.valid ? '' : ' (invalid)'}`,
  }))
  for (const [name, written] of Object.entries(documented.indexes)) {
    const expected = indexAsWritten(
      `CREATE INDEX x ON y USING ${written
        .replace(/^unique /, '')
        .replace(' with (', ' WITH (')
        .replace(' where ', ' WHERE ')}`,
      written.startsWith('unique '),
    )
    const named = live.find((one) => one.name === name)
    const same = live.find((one) => one.written === expected)
    tell(`index public.${name}`, expected, same?.written ?? named?.written ?? null)
  }
}

function checkFunctions({ catalogue }: Live, document: Document, tell: Tell): void {
  const own = catalogue.functions.filter(({ schema }) => schema === 'public')
  for (const [name, { returns }] of Object.entries(document.functions)) {
    const named = own.filter((one) =>
      name.endsWith('*') ? one.name.startsWith(name.slice(0, -1)) : one.name === name,
    )
    const expected = returns === undefined ? 'is there' : `returns ${returns}`
    const same = named.find((one) => returns === undefined || one.returns === returns)
    const actual = same ? expected : named[0] ? `returns ${named[0].returns}` : null
    tell(`function public.${name}`, expected, actual)
  }
  for (const { what, table, event, does } of document.triggers) {
    const triggers = tableOf(catalogue, table)?.triggers ?? []
    const doing = triggers.filter((one) => event.test(one.definition) && does.test(one.source))
    const actual =
      doing.length === 0 ? null : doing.some((one) => one.enabled) ? what : `${doing[0].name} is disabled`
    tell(`trigger on ${table}`, what, actual)
  }
}

const everybody = ['public', 'anon', 'authenticated']

function checkAccess({ catalogue }: Live, document: Document, tell: Tell): void {
  for (const name of Object.keys(document.tables)) {
    const table = tableOf(catalogue, `public.${name}`)
    if (table) tell(`row-level security of public.${name}`, 'on', table.row_level_security ? 'on' : 'off')
  }
  for (const [name, { publicRead, writers }] of Object.entries(document.access)) {
    const policies = (tableOf(catalogue, `public.${name}`)?.policies ?? []).filter((one) => one.permissive)
    const readers = policies.find(
      (one) =>
        (one.command === 'select' || one.command === 'all') &&
        one.using === 'true' &&
        one.roles.some((role) => role === 'public' || role === 'anon'),
    )
    if (publicRead)
      tell(`public read of public.${name}`, 'a policy for anon', readers ? 'a policy for anon' : null)
    const writing = policies.filter(
      (one) => one.command !== 'select' && one.roles.some((role) => everybody.includes(role)),
    )
    const open = writing.find((one) => (one.check ?? one.using) === 'true')
    tell(
      `writing public.${name}`,
      'not for everybody',
      open ? `the policy ${open.name} lets everybody` : 'not for everybody',
    )
    if (writers) {
      const asks = writing.some((one) => writers.test(`${one.using ?? ''} ${one.check ?? ''}`))
      tell(`policy for admins to write public.${name}`, 'is there', asks ? 'is there' : null)
    }
  }
}

function checkSettings({ catalogue }: Live, document: Document, tell: Tell): void {
  const rows = catalogue.rows.find(({ table }) => table === 'public.system_settings')?.rows ?? []
  for (const [key, { expected, isValid }] of Object.entries(document.settings)) {
    const row = rows.find((one) => one['key'] === key)
    const actual = row === undefined ? null : isValid(row['value']) ? expected : JSON.stringify(row['value'])
    tell(`setting ${key}`, expected, actual)
  }
}
