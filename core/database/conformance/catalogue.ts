import type { PoolClient } from 'pg'
import { inspectSchema, type SchemaInspection } from '../inspect'

/** All that migrations can make, as it stands in one database. Expressions name everything with its schema. */
export interface Catalogue extends SchemaInspection {
  roles: { name: string; options: string; settings: string[] | null }[]
  memberships: { role: string; member: string }[]
  schemas: { name: string; comment: string | null; creatable: boolean; grantable: boolean }[]
  /** Enumerations. */
  types: { schema: string; name: string; labels: string[] }[]
  sequences: { schema: string; name: string; definition: string }[]
  /** One right of one role; what belongs to an object's owner by nature is left out. */
  grants: Grant[]
  publications: { name: string; tables: string[] | null }[]
  /** What the migrations write as rows; see `readRows`. */
  rows: DataRows[]
}

export interface Grant {
  kind: 'schema' | 'table' | 'column' | 'function' | 'sequence'
  /** As a grant names it: `public.faces`, `private.f(uuid)`. */
  object: string
  column: string | null
  /** A role, or `public`. */
  grantee: string
  privilege: string
}

export interface DataRows {
  /** `schema.table` */
  table: string
  key: string[]
  rows: Record<string, unknown>[]
}

/** Ours, and those that ours hang on. */
export const catalogueSchemas = [
  'public',
  'private',
  'semblance',
  'extensions',
  'auth',
  'storage',
  'realtime',
]

/** Supabase's own, of which only our triggers and policies are our business. */
export const platformSchemas: readonly string[] = ['auth', 'storage', 'realtime']

/**
 * Reads it in a transaction of its own.
 *
 * @param rowsOf the tables whose rows are data of migrations; null: every table that is not empty
 */
export async function readCatalogue(
  client: Pick<PoolClient, 'query'>,
  rowsOf: readonly string[] | null,
): Promise<Catalogue> {
  await client.query('begin isolation level repeatable read read only')
  try {
    const catalogue = await readCatalogueIn(client, rowsOf)
    await client.query('commit')
    return catalogue
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** The same within a transaction that is open; it leaves the search path empty there. */
export async function readCatalogueIn(
  client: Pick<PoolClient, 'query'>,
  rowsOf: readonly string[] | null,
): Promise<Catalogue> {
  // Nothing is on the path, so that every expression comes out with the schemas of what it names.
  await client.query(`set local search_path = ''`)
  const query = (text: string, values: unknown[]) => client.query<Record<string, unknown>>(text, values)
  const list = async <T>(text: string) => (await query(text, [])).rows as T[]
  const catalogue: Catalogue = {
    ...(await inspectSchema(query, catalogueSchemas)),
    roles: await list(rolesQuery),
    memberships: await list(membershipsQuery),
    schemas: await list(schemasQuery),
    types: await list(typesQuery),
    sequences: await list(sequencesQuery),
    grants: await list(grantsQuery),
    publications: await list(publicationsQuery),
    rows: [],
  }
  catalogue.rows = await readRows(client, catalogue, rowsOf)
  return catalogue
}

/** The rows of small tables with a primary key, such as settings and buckets. The log of migrations is none. */
async function readRows(
  client: Pick<PoolClient, 'query'>,
  { tables }: SchemaInspection,
  rowsOf: readonly string[] | null,
): Promise<DataRows[]> {
  const found: DataRows[] = []
  for (const { schema, name, primary_key: key } of tables) {
    const table = `${schema}.${name}`
    if (schema === 'semblance' || key === null || (rowsOf && !rowsOf.includes(table))) continue
    const { rows: may } = await client.query<{ may: boolean }>(
      `select pg_catalog.has_schema_privilege($1, 'usage')
         and pg_catalog.has_table_privilege(pg_catalog.format('%I.%I', $1::text, $2::text), 'select') as may`,
      [schema, name],
    )
    if (!may[0]?.may) continue
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from "${schema}"."${name}" as t limit 1000`,
    )
    if (rows.length > 0) found.push({ table, key, rows: rows.map(({ row }) => row) })
  }
  return found
}

const schemaList = catalogueSchemas.map((name) => `'${name}'`).join(', ')

const rolesQuery = `
  select r.rolname as name,
    case when r.rolcanlogin then 'login' else 'nologin' end
      || case when r.rolinherit then ' inherit' else ' noinherit' end
      || case when r.rolbypassrls then ' bypassrls' else '' end as options,
    (select s.setconfig from pg_catalog.pg_db_role_setting s where s.setrole = r.oid and s.setdatabase = 0) as settings
  from pg_catalog.pg_roles r
  where not r.rolsuper and r.rolname !~ '^pg_'
  order by r.oid`

const membershipsQuery = `
  select g.rolname as role, m.rolname as member
  from pg_catalog.pg_auth_members a
  join pg_catalog.pg_roles g on g.oid = a.roleid
  join pg_catalog.pg_roles m on m.oid = a.member
  where g.rolname !~ '^pg_' and not m.rolsuper
  order by 1, 2`

const schemasQuery = `
  select n.nspname as name, pg_catalog.obj_description(n.oid, 'pg_namespace') as comment,
    pg_catalog.has_schema_privilege(n.oid, 'create') as creatable,
    pg_catalog.has_schema_privilege(n.oid, 'usage with grant option') as grantable
  from pg_catalog.pg_namespace n
  where n.nspname in (${schemaList})
  order by n.oid`

const typesQuery = `
  select n.nspname as schema, t.typname as name,
    (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid) as labels
  from pg_catalog.pg_type t
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where t.typtype = 'e' and n.nspname in (${schemaList})
  order by t.oid`

/** Those of identity columns come with their column. */
const sequencesQuery = `
  select n.nspname as schema, c.relname as name,
    pg_catalog.format('as %s increment by %s', pg_catalog.format_type(s.seqtypid, null), s.seqincrement) as definition
  from pg_catalog.pg_sequence s
  join pg_catalog.pg_class c on c.oid = s.seqrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname in (${schemaList})
    and not exists (
      select from pg_catalog.pg_depend d
      where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'i')
  order by 1, 2`

const granted = (kind: string, object: string, column: string, acl: string, owner: string) => `
  select '${kind}' as kind, ${object} as object, ${column} as "column",
    coalesce(r.rolname, 'public') as grantee, lower(e.privilege_type) as privilege
  from pg_catalog.aclexplode(${acl}) e
  left join pg_catalog.pg_roles r on r.oid = e.grantee
  where e.grantee <> ${owner} and (r.rolsuper is null or not r.rolsuper) and e.privilege_type <> 'MAINTAIN'`

/** MAINTAIN is newer than the oldest server, where a grant of all has no such part. */
const grantsQuery = `
  select g.*
  from pg_catalog.pg_namespace n
  cross join lateral (
    ${granted('schema', 'n.nspname::text', 'null::text', 'n.nspacl', 'n.nspowner')}
    union all
    select x.* from pg_catalog.pg_class c cross join lateral (
      ${granted(
        'table',
        `n.nspname || '.' || c.relname`,
        'null::text',
        `coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))`,
        'c.relowner',
      )}
      union all
      select y.* from pg_catalog.pg_attribute a cross join lateral (
        ${granted('column', `n.nspname || '.' || c.relname`, 'a.attname::text', 'a.attacl', 'c.relowner')}
      ) y where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attacl is not null
    ) x where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm')
    union all
    select x.* from pg_catalog.pg_class c cross join lateral (
      ${granted(
        'sequence',
        `n.nspname || '.' || c.relname`,
        'null::text',
        `coalesce(c.relacl, pg_catalog.acldefault('s', c.relowner))`,
        'c.relowner',
      )}
    ) x where c.relnamespace = n.oid and c.relkind = 'S'
    union all
    select x.* from pg_catalog.pg_proc p cross join lateral (
      ${granted(
        'function',
        `n.nspname || '.' || p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')'`,
        'null::text',
        `coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))`,
        'p.proowner',
      )}
    ) x where p.pronamespace = n.oid and p.prokind in ('f', 'p')
      and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
  ) g
  where n.nspname in (${schemaList})`

const publicationsQuery = `
  select p.pubname as name,
    case when p.puballtables then null else
      coalesce((
        select jsonb_agg(t.schemaname || '.' || t.tablename order by 1)
        from pg_catalog.pg_publication_tables t where t.pubname = p.pubname
      ), '[]')
    end as tables
  from pg_catalog.pg_publication p
  where p.pubname = 'supabase_realtime'`
