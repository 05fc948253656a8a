/** What the live database holds, read from its catalogues, each list in a fixed order so that two can be compared. */
export interface SchemaInspection {
  /** As the server says it, such as "15.14". */
  version: string
  extensions: { name: string; schema: string; version: string }[]
  tables: TableInspection[]
  views: { schema: string; name: string; options: string[] | null; definition: string }[]
  functions: FunctionInspection[]
}

export interface TableInspection {
  schema: string
  name: string
  row_level_security: boolean
  columns: ColumnInspection[]
  primary_key: string[] | null
  unique: { name: string; columns: string[] }[]
  checks: { name: string; definition: string }[]
  foreign_keys: ForeignKeyInspection[]
  indexes: { name: string; unique: boolean; method: string; definition: string }[]
  policies: PolicyInspection[]
  triggers: { name: string; function: string; enabled: boolean; definition: string }[]
}

export interface ColumnInspection {
  name: string
  /** With its modifier, and without a schema: `vector(512)`, `timestamp with time zone`. */
  type: string
  nullable: boolean
  default: string | null
  /** The expression of a stored generated column. */
  generated: string | null
}

export interface ForeignKeyInspection {
  name: string
  columns: string[]
  /** `schema.table` */
  references: string
  referenced_columns: string[]
  on_update: string
  on_delete: string
}

export interface PolicyInspection {
  name: string
  command: string
  permissive: boolean
  roles: string[]
  using: string | null
  check: string | null
}

export interface FunctionInspection {
  schema: string
  name: string
  arguments: string
  returns: string
  language: string
  volatility: string
  security_definer: boolean
  /** Settings of its own, such as `search_path=""`. */
  settings: string[] | null
}

type Query = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>

/**
 * Reads tables, views, functions and all that belongs to them; what belongs to an extension is left out.
 *
 * @param schemas which to list; `public` and our own where not given
 */
export async function inspectSchema(
  query: Query,
  schemas: readonly string[] = ['public', 'private', 'semblance'],
): Promise<SchemaInspection> {
  const list = async <T>(text: string) => (await query(text, [schemas])).rows as T[]
  const [about] = (await query(aboutQuery, [])).rows as Pick<SchemaInspection, 'version' | 'extensions'>[]
  return {
    version: about.version,
    extensions: about.extensions,
    tables: await list<TableInspection>(tablesQuery),
    views: await list<SchemaInspection['views'][number]>(viewsQuery),
    functions: await list<FunctionInspection>(functionsQuery),
  }
}

const aboutQuery = `
  select current_setting('server_version') as version,
    (select jsonb_agg(jsonb_build_object('name', e.extname, 'schema', n.nspname, 'version', e.extversion)
        order by e.extname)
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace) as extensions`

/** A type's schema depends on the search path of whoever asks, so it is taken off. */
const columnsQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', a.attname,
      'type', regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^[a-z_]+\\.', ''),
      'nullable', not a.attnotnull,
      'default', case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
      'generated', case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end
    ) order by a.attnum)
  from pg_catalog.pg_attribute a
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`

const namesOf = (relation: string, numbers: string) => `(
  select jsonb_agg(named.attname order by listed.position)
  from unnest(${numbers}) with ordinality as listed(attnum, position)
  join pg_catalog.pg_attribute named on named.attrelid = ${relation} and named.attnum = listed.attnum)`

const actionOf = (column: string) => `case ${column}
  when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
  when 'n' then 'set null' else 'set default' end`

const foreignKeysQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', k.conname,
      'columns', ${namesOf('k.conrelid', 'k.conkey')},
      'references', fn.nspname || '.' || f.relname,
      'referenced_columns', ${namesOf('k.confrelid', 'k.confkey')},
      'on_update', ${actionOf('k.confupdtype')},
      'on_delete', ${actionOf('k.confdeltype')}
    ) order by k.conname)
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class f on f.oid = k.confrelid
  join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
  where k.conrelid = c.oid and k.contype = 'f'`

const indexesQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', ic.relname, 'unique', i.indisunique, 'method', am.amname,
      'definition', pg_catalog.pg_get_indexdef(i.indexrelid)
    ) order by ic.relname)
  from pg_catalog.pg_index i
  join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  join pg_catalog.pg_am am on am.oid = ic.relam
  where i.indrelid = c.oid`

const policiesQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', p.policyname, 'command', lower(p.cmd), 'permissive', p.permissive = 'PERMISSIVE',
      'roles', p.roles, 'using', p.qual, 'check', p.with_check
    ) order by p.policyname)
  from pg_catalog.pg_policies p
  where p.schemaname = n.nspname and p.tablename = c.relname`

const triggersQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', t.tgname, 'function', fn.nspname || '.' || f.proname, 'enabled', t.tgenabled <> 'D',
      'definition', pg_catalog.pg_get_triggerdef(t.oid)
    ) order by t.tgname)
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_proc f on f.oid = t.tgfoid
  join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
  where t.tgrelid = c.oid and not t.tgisinternal`

const constraintsQuery = (kind: 'u' | 'c', value: string) => `
  select jsonb_agg(jsonb_build_object('name', k.conname, ${value}) order by k.conname)
  from pg_catalog.pg_constraint k
  where k.conrelid = c.oid and k.contype = '${kind}'`

const tablesQuery = `
  select n.nspname as schema, c.relname as name, c.relrowsecurity as row_level_security,
    coalesce((${columnsQuery}), '[]') as columns,
    (select ${namesOf('k.conrelid', 'k.conkey')} from pg_catalog.pg_constraint k
      where k.conrelid = c.oid and k.contype = 'p') as primary_key,
    coalesce((${constraintsQuery('u', `'columns', ${namesOf('k.conrelid', 'k.conkey')}`)}), '[]') as "unique",
    coalesce((${constraintsQuery('c', `'definition', pg_catalog.pg_get_constraintdef(k.oid)`)}), '[]') as checks,
    coalesce((${foreignKeysQuery}), '[]') as foreign_keys,
    coalesce((${indexesQuery}), '[]') as indexes,
    coalesce((${policiesQuery}), '[]') as policies,
    coalesce((${triggersQuery}), '[]') as triggers
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = any ($1::text[])
  order by n.nspname, c.relname`

const viewsQuery = `
  select n.nspname as schema, c.relname as name, c.reloptions as options, pg_catalog.pg_get_viewdef(c.oid) as definition
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and n.nspname = any ($1::text[])
    and not exists (select from pg_catalog.pg_depend e where e.objid = c.oid and e.deptype = 'e')
  order by n.nspname, c.relname`

const functionsQuery = `
  select n.nspname as schema, p.proname as name, pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments,
    coalesce(pg_catalog.pg_get_function_result(p.oid), '') as returns, l.lanname as language,
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
    p.prosecdef as security_definer, p.proconfig as settings
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where n.nspname = any ($1::text[])
    and not exists (select from pg_catalog.pg_depend e where e.objid = p.oid and e.deptype = 'e')
  order by n.nspname, p.proname, 3`
