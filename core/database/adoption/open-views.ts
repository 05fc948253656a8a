import type { PoolClient } from 'pg'
import { document } from '../conformance/document'
import { identifier } from '../conformance/text'

interface OpenView {
  schema: string
  name: string
  materialized: boolean
  tables: string[]
  roles: string[]
}

/** Views over views are followed to the tables; what belongs to an extension is none of ours. */
const openViewsQuery = `
  with recursive reads (view, relation) as (
    select r.ev_class, d.refobjid
    from pg_catalog.pg_rewrite r
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
    union
    select reads.view, d.refobjid
    from reads
    join pg_catalog.pg_rewrite r on r.ev_class = reads.relation
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
  )
  select n.nspname as schema, v.relname as name, v.relkind = 'm' as materialized,
    jsonb_agg(distinct t.relname) as tables, jsonb_agg(distinct reader.name) as roles
  from reads
  join pg_catalog.pg_class v on v.oid = reads.view and v.relkind in ('v', 'm')
  join pg_catalog.pg_namespace n on n.oid = v.relnamespace
  join pg_catalog.pg_class t on t.oid = reads.relation and t.relnamespace = 'public'::regnamespace
  cross join lateral (
    select r.rolname as name from pg_catalog.pg_roles r
    where r.rolname in ('anon', 'authenticated') and pg_catalog.has_any_column_privilege(r.oid, v.oid, 'select')
      and (n.nspname = 'public' or pg_catalog.has_schema_privilege(r.oid, n.oid, 'usage'))
    union
    select 'public' where pg_catalog.has_table_privilege('public', v.oid, 'select')
  ) reader
  where t.relname = any ($1::text[])
    and not coalesce(v.reloptions::text ~* 'security_invoker=(true|on|1|yes)', false)
    and not exists (select from pg_catalog.pg_depend e where e.objid = v.oid and e.deptype = 'e')
  group by 1, 2, 3
  order by 1, 2`

/**
 * Somebody else's views that show documented tables past their row-level security to whoever has no more than a key of
 * the API, each with the statement that closes it.
 *
 * @param ours names (`schema.name`) of views that the migrations make
 */
export async function openViews(client: PoolClient, ours: ReadonlySet<string>): Promise<string[]> {
  const { rows } = await client.query<OpenView>(openViewsQuery, [Object.keys(document.tables)])
  return rows
    .filter(({ schema, name }) => !ours.has(`${schema}.${name}`))
    .map(({ schema, name, materialized, tables, roles }) => {
      const view = `${identifier(schema)}.${identifier(name)}`
      const readers = roles.join(', ')
      const what = `${tables.join(', ')} to ${readers}`
      return materialized
        ? `The materialized view ${view} shows a copy of ${what}; no policy guards a copy. To close it: revoke all on ${view} from ${readers}`
        : `The view ${view} shows ${what} with its owner's rights; the policies do not hold them back there. To close it: alter view ${view} set (security_invoker = on)`
    })
}
