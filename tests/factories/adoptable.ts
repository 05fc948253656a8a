import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { documentedTables } from '../../core/database/conformance/document-tables'
import { createEmptyDatabase } from './database'

const script = ['adopted.sql', 'adopted-beside.sql', 'adopted-rows.sql']
  .map((name) => readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8'))
  .join('\n')

/** A database on the server that a stranger's migrations made (tests/fixtures/adopted*.sql). */
export async function createAdoptable(): Promise<{
  url: string
  client: pg.Client
  close: () => Promise<void>
}> {
  const empty = await createEmptyDatabase()
  const client = new pg.Client({ connectionString: empty.url })
  await client.connect()
  await client.query(script)
  return {
    url: empty.url,
    client,
    close: async () => {
      await client.end()
      await empty.drop()
    },
  }
}

/** Every row of theirs by a digest of its documented columns, and every object by what identifies and defines it. */
export interface Belongings {
  rows: Map<string, string>
  objects: Map<string, string>
}

export async function belongings(client: pg.Client): Promise<Belongings> {
  const rows = new Map<string, string>()
  const tables: [string, string[]][] = Object.entries(documentedTables).map(([name, { columns }]) => [
    `public.${name}`,
    Object.keys(columns),
  ])
  tables.push(['public.campuses', ['id', 'name']], ['auth.users', ['id', 'email', 'raw_user_meta_data']])
  for (const [table, columns] of tables) {
    const key = table === 'public.system_settings' ? 'key' : 'id'
    const result = await client.query<{ id: string; digest: string }>(
      `select ${key}::text as id, md5(row(${columns.join(', ')})::text) as digest from ${table}`,
    )
    for (const { id, digest } of result.rows) rows.set(`${table} ${id}`, digest)
  }
  const found = await client.query<{ name: string; identity: string }>(objectsQuery)
  return { rows, objects: new Map(found.rows.map(({ name, identity }) => [name, identity])) }
}

/** What was there and is not any more, or is another. */
export function lost(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before].filter(([name, identity]) => after.get(name) !== identity).map(([name]) => name)
}

/** A file node that changes is a table that was rewritten. */
const objectsQuery = `
  select 'relation ' || c.oid::regclass as name, concat(c.oid, ' ', pg_relation_filenode(c.oid), ' ', c.relkind) as identity
  from pg_class c where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'storage'::regnamespace)
    and c.relkind in ('r', 'i')
  union all
  select 'column ' || a.attrelid::regclass || '.' || a.attname,
    concat(a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
  from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and a.attnum > 0
  union all
  select 'constraint ' || k.conname || ' on ' || k.conrelid::regclass, k.oid || pg_get_constraintdef(k.oid)
  from pg_constraint k
  where k.connamespace = 'public'::regnamespace and k.contype <> 'n' and k.conname <> 'profiles_role_check'
  union all
  select 'function ' || p.oid::regprocedure, concat(p.oid, md5(pg_get_functiondef(p.oid)))
  from pg_proc p where p.pronamespace in ('public'::regnamespace, 'auth'::regnamespace)
  union all
  select 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, concat(t.oid, pg_get_triggerdef(t.oid), t.tgenabled)
  from pg_trigger t where not t.tgisinternal
  union all
  select 'policy ' || p.polname || ' on ' || p.polrelid::regclass, concat(p.oid, p.polcmd, pg_get_expr(p.polqual, p.polrelid))
  from pg_policy p`
