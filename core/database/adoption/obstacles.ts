import type { PoolClient } from 'pg'
import { isDocumented } from '../conformance/check'
import { tableOf } from '../conformance/compare'
import { document } from '../conformance/document'
import { objectKey, type SchemaObject } from '../conformance/schema-object'
import { identifier } from '../conformance/text'
import { countRows } from './count'
import type { Decisions, PlanContext } from './model'

/** Which the migrations leave out themselves where the rows are not so. */
const unneeded = new Set(['index public.ux_mutual_connections_pair'])

function tell({ blockers }: Decisions, text: string): void {
  if (!blockers.includes(text)) blockers.push(text)
}

/** Tables that can't be what their name says: one of ours that somebody else made, a documented one that lacks a key. */
export function misshapenTables(
  { reference, live }: PlanContext,
  decisions: Decisions,
  recorded: ReadonlySet<string>,
): void {
  const lacking = decisions.missing.filter(
    ({ kind, table }) => kind === 'column' && tableOf(live.catalogue, table),
  )
  for (const object of lacking.filter(isDocumented)) {
    const isDemanding = object.definition.includes(' not null') && !object.definition.includes(' default ')
    if (isDemanding)
      tell(
        decisions,
        `${objectKey(object)} is not there, and the document has it: ${object.definition}. Add and fill it first.`,
      )
  }
  for (const table of new Set(lacking.map((object) => object.table ?? ''))) {
    const key = `table ${table}`
    const isTheirs = !(table.replace(/^public\./, '') in document.tables)
    if (!isTheirs || recorded.has(reference.addedBy.get(key) ?? '')) continue
    const columns = lacking
      .filter((object) => object.table === table)
      .map(({ name }) => name.slice(table.length + 1))
    tell(
      decisions,
      `${key}: a table of that name stands there, which is not Semblance's: it lacks ${columns.join(', ')}. Rename it.`,
    )
  }
}

/** Looks for rows that stand in the way of what is to be added, and tells how to find them. */
export async function obstacles(
  client: PoolClient,
  context: PlanContext,
  decisions: Decisions,
): Promise<void> {
  for (const object of [...decisions.missing]) {
    if (!tableOf(context.live.catalogue, object.table)) continue
    const lacksColumn = (object.columns ?? []).some((column) =>
      decisions.missing.some(
        ({ kind, name }) => kind === 'column' && name === `${object.table ?? ''}.${column}`,
      ),
    )
    const query = lacksColumn ? null : offendersOf(object, context)
    if (query === null) continue
    const { count, problem, isDenied } = await countRows(client, query)
    if (problem !== null) tell(decisions, isDenied ? problem : `${objectKey(object)}: ${problem}`)
    if (count === 0) continue
    const text = `${count} stand in its way. See them with: ${query}`
    if (unneeded.has(objectKey(object))) {
      decisions.missing.splice(decisions.missing.indexOf(object), 1)
      decisions.kept.push({ object: objectKey(object), why: `left out: ${text}` })
    } else decisions.blockers.push(`${objectKey(object)}: ${text}`)
  }
}

function offendersOf(object: SchemaObject, { reference }: PlanContext): string | null {
  const table = object.table ?? ''
  switch (object.kind) {
    case 'index': {
      const [create] = object.create
      if (!/^create UNIQUE /i.test(create)) return null
      return duplicates(table, ...partsOfIndex(create))
    }
    case 'unique':
      return duplicates(table, (object.columns ?? []).map(identifier), null)
    case 'check':
      return `select * from ${table} where not (${object.definition.replace(/^CHECK /, '')})`
    case 'foreign key': {
      const name = object.name.split(' on ')[0]
      const key = tableOf(reference.catalogue, table)?.foreign_keys.find((one) => one.name === name)
      if (key?.columns.length !== 1) return null
      const [column, referenced] = [identifier(key.columns[0]), identifier(key.referenced_columns[0])]
      return `select * from ${table} as child where ${column} is not null and not exists (select from ${key.references} as parent where parent.${referenced} = child.${column})`
    }
    case 'column': {
      const isDemanding =
        object.definition.includes(' not null') && !/ (default|identity|generated) /.test(object.definition)
      return isDemanding ? `select * from ${table}` : null
    }
    default:
      return null
  }
}

function duplicates(table: string, expressions: string[], predicate: string | null): string {
  const present = expressions.map((expression) => `(${expression}) is not null`)
  const where = [...(predicate === null ? [] : [`(${predicate})`]), ...present].join(' and ')
  const list = expressions.join(', ')
  return `select ${list}, count(*) from ${table} where ${where} group by ${list} having count(*) > 1`
}

/** What an index is over, each expression apart, and its predicate. */
function partsOfIndex(create: string): [expressions: string[], predicate: string | null] {
  const start = create.indexOf('(', create.indexOf(' USING '))
  const parts: string[] = []
  let depth = 0
  let part = ''
  let position = start
  for (; position < create.length; position += 1) {
    const character = create[position]
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth === 0) break
    if (character === ',' && depth === 1) {
      parts.push(part)
      part = ''
    } else if (position > start) part += character
  }
  const expressions = [...parts, part].map((text) =>
    text.trim().replace(/( DESC| ASC| NULLS (FIRST|LAST))+$/, ''),
  )
  return [expressions, create.slice(position).split(' WHERE ')[1] ?? null]
}
