import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Database } from '../../database/connect'
import type { Tables } from '../../database/tables'
import type { Identity } from '../gateway'
import type { TableColumns } from './row-catalogue'
import { filterSql, type Condition } from './row-filter'

/** A row as its reader sees it. */
export interface VisibleRow {
  /** JSON text of the columns that the reader may see. */
  record: string
  /** Which of the filters asked for hold, in their order. */
  holds: boolean[]
}

export interface RowQuestion {
  table: string
  columns: TableColumns
  ids: readonly string[]
  filters: readonly (readonly Condition[])[]
}

/** Reads rows by id in one query as that identity: what row-level security hides from it is not in the answer. */
export async function readRows(
  database: Database,
  identity: Identity,
  { table, columns, ids, filters }: RowQuestion,
): Promise<Map<string, VisibleRow>> {
  const names = sql.join(columns.map(({ name }) => sql.ref(`t.${name}`)))
  const holds: RawBuilder<boolean[]> =
    filters.length === 0
      ? sql`'{}'::boolean[]`
      : sql`array[${sql.join(filters.map((filter) => filterSql(filter, columns)))}]`
  const rows = await actAs(database, identity, async (tx) => {
    const answer = await sql<VisibleRow & { id: string }>`
      select t.id::text as id, (select row_to_json(r)::text from (select ${names}) as r) as record, ${holds} as holds
      from ${sql.table(`public.${table}`)} as t
      where t.id = any(${ids}::uuid[])`.execute(tx)
    return answer.rows
  })
  return new Map(rows.map(({ id, record, holds: all }) => [id, { record, holds: all }]))
}

/**
 * Asks the database whether a filter can be used on a table: that its operators exist and its values have the type.
 *
 * @throws the database's error where it can't, FilterError where there is no such column
 */
export async function tryFilter(
  database: Database,
  table: string,
  columns: TableColumns,
  filter: readonly Condition[],
): Promise<void> {
  const condition = filterSql(filter, columns)
  const casts = filter.flatMap(({ column, values }) => {
    const type = sql.raw(columns.find(({ name }) => name === column)?.sqlType ?? 'text')
    return values.map((value) => sql`${value}::${type}`)
  })
  await database.asOwner(async (tx) => {
    await sql`select ${sql.join(casts)}`.execute(tx)
    await sql`select ${condition} from ${sql.table(`public.${table}`)} as t limit 0`.execute(tx)
  })
}

function actAs<T>(
  database: Database,
  identity: Identity,
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  if (identity.role === 'service_role') return database.asService(work)
  if (identity.role === 'anon') return database.asAnonymous(work)
  return database.asUser(identity.caller, work)
}
