/** What each part of an inspection is read with; `$1` is the list of schemas. */
export const aboutQuery = `
  select current_setting('server_version') as version,
    (select jsonb_agg(jsonb_build_object('name', e.extname, 'schema', n.nspname, 'version', e.extversion)
        order by e.extname)
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace) as extensions`

/** A type's schema depends on the search path of whoever asks, so it is taken off. */
const columnsQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', a.attname,
      'type', regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^[a-z_]+\\.', ''),
      'declared_type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'nullable', not a.attnotnull,
      'default', case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
      'generated', case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
      'storage', case a.attstorage
        when 'p' then 'plain' when 'm' then 'main' when 'e' then 'external' else 'extended' end,
      'storage_is_usual', a.attstorage = t.typstorage,
      'comment', pg_catalog.col_description(a.attrelid, a.attnum)
    ) order by a.attnum)
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_type t on t.oid = a.atttypid
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
      'on_delete', ${actionOf('k.confdeltype')},
      'definition', pg_catalog.pg_get_constraintdef(k.oid),
      'validated', k.convalidated
    ) order by k.conname)
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class f on f.oid = k.confrelid
  join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
  where k.conrelid = c.oid and k.contype = 'f'`

const indexesQuery = `
  select jsonb_agg(jsonb_build_object(
      'name', ic.relname, 'unique', i.indisunique, 'method', am.amname,
      'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid and i.indisready,
      'constraint', exists (select from pg_catalog.pg_constraint k
        where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
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
      'definition', pg_catalog.pg_get_triggerdef(t.oid), 'source', f.prosrc
    ) order by t.tgname)
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_proc f on f.oid = t.tgfoid
  join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
  where t.tgrelid = c.oid and not t.tgisinternal`

const constraintsQuery = (kind: 'u' | 'c') => `
  select jsonb_agg(jsonb_build_object(
      'name', k.conname, 'columns', coalesce(${namesOf('k.conrelid', 'k.conkey')}, '[]'),
      'definition', pg_catalog.pg_get_constraintdef(k.oid), 'validated', k.convalidated
    ) order by k.conname)
  from pg_catalog.pg_constraint k
  where k.conrelid = c.oid and k.contype = '${kind}'`

export const tablesQuery = `
  select n.nspname as schema, c.relname as name, pg_catalog.pg_has_role(c.relowner, 'usage') as owned,
    c.reltuples::float8 as estimated_rows, pg_catalog.pg_table_size(c.oid)::float8 as bytes,
    pg_catalog.obj_description(c.oid, 'pg_class') as comment, c.relrowsecurity as row_level_security,
    coalesce((${columnsQuery}), '[]') as columns,
    (select ${namesOf('k.conrelid', 'k.conkey')} from pg_catalog.pg_constraint k
      where k.conrelid = c.oid and k.contype = 'p') as primary_key,
    (select k.conname from pg_catalog.pg_constraint k
      where k.conrelid = c.oid and k.contype = 'p') as primary_key_name,
    coalesce((${constraintsQuery('u')}), '[]') as "unique",
    coalesce((${constraintsQuery('c')}), '[]') as checks,
    coalesce((${foreignKeysQuery}), '[]') as foreign_keys,
    coalesce((${indexesQuery}), '[]') as indexes,
    coalesce((${policiesQuery}), '[]') as policies,
    coalesce((${triggersQuery}), '[]') as triggers
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = any ($1::text[])
  order by n.nspname, c.relname`

export const viewsQuery = `
  select n.nspname as schema, c.relname as name, c.relkind = 'm' as materialized, c.reloptions as options,
    pg_catalog.pg_get_viewdef(c.oid) as definition, pg_catalog.obj_description(c.oid, 'pg_class') as comment
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and n.nspname = any ($1::text[])
    and not exists (select from pg_catalog.pg_depend e where e.objid = c.oid and e.deptype = 'e')
  order by n.nspname, c.relname`

export const functionsQuery = `
  select n.nspname as schema, p.proname as name, pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments,
    pg_catalog.oidvectortypes(p.proargtypes) as argument_types, p.oid::bigint::float8 as ordinal,
    coalesce(pg_catalog.pg_get_function_result(p.oid), '') as returns, l.lanname as language,
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
    p.prosecdef as security_definer, p.proconfig as settings,
    pg_catalog.pg_get_functiondef(p.oid) as definition, p.prosrc as source
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where n.nspname = any ($1::text[]) and p.prokind in ('f', 'p')
    and not exists (select from pg_catalog.pg_depend e where e.objid = p.oid and e.deptype = 'e')
  order by n.nspname, p.proname, 3`
