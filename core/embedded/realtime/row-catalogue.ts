import { sql } from 'kysely'
import type { Database } from '../../database/connect'

/** As whom rows are read. */
export type Reader = 'anon' | 'authenticated' | 'service_role'

export interface TableColumn {
  name: string
  /** As Supabase names types to its clients: `uuid`, `float8`, `_text`. */
  type: string
  /** As SQL names it, for a cast. */
  sqlType: string
}

export type TableColumns = readonly TableColumn[]

/** The tables of `public` that announce their rows, and which columns each role may read. */
export type RowCatalogue = ReadonlyMap<string, Record<Reader, TableColumns>>

/** Reads it from the live database: what another migration adds is told of, too. */
export async function readCatalogue(database: Database): Promise<RowCatalogue> {
  const rows = await database.asOwner(async (tx) => {
    const answer = await sql<TableColumn & { table: string } & Record<Reader, boolean>>`
      select
        c.relname as "table", a.attname as name, y.typname as type,
        format_type(a.atttypid, a.atttypmod) as "sqlType",
        has_column_privilege('anon', c.oid, a.attnum, 'select') as anon,
        has_column_privilege('authenticated', c.oid, a.attnum, 'select') as authenticated,
        has_column_privilege('service_role', c.oid, a.attnum, 'select') as service_role
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_class c on c.oid = t.tgrelid
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type y on y.oid = a.atttypid
      where t.tgname = 'announce_row' and c.relnamespace = 'public'::regnamespace
      order by c.relname, a.attnum`.execute(tx)
    return answer.rows
  })
  const tables = new Map<string, Record<Reader, TableColumn[]>>()
  for (const { table, name, type, sqlType, ...may } of rows) {
    const columns = tables.get(table) ?? { anon: [], authenticated: [], service_role: [] }
    tables.set(table, columns)
    for (const reader of Object.keys(columns) as Reader[]) {
      if (may[reader]) columns[reader].push({ name, type, sqlType })
    }
  }
  return tables
}
