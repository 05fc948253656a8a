import type pg from 'pg'
import { migrationStatus } from '../../../database/migrate'
import type { Target } from './database-address'
import { failed, type Finding, ok, warning } from './steps'

/** The oldest pgvector that the searches run on (iterative scans). */
const oldestVector = [0, 8] as const

interface VectorRow {
  installed: string | null
  schema: string | null
  available: string | null
  may_create: boolean
}

/** The extension that searches for faces need: there, in its schema, and new enough. */
export async function checkVector(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<VectorRow>(
    `select
       (select extversion from pg_catalog.pg_extension where extname = 'vector') as installed,
       (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
         where e.extname = 'vector') as schema,
       (select default_version from pg_catalog.pg_available_extensions where name = 'vector') as available,
       (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
         or coalesce((select bool_or(trusted) from pg_catalog.pg_available_extension_versions where name = 'vector'), false)
         or to_regrole('supabase_admin') is not null as may_create`,
  )
  const row = rows[0]
  if (!row) return failed('It answers without rows.', 'Restart the server.')
  return judgeVector(row)
}

export function judgeVector({ installed, schema, available, may_create }: VectorRow): Finding {
  if (installed === null && available === null) {
    return failed(
      'The extension vector is not installed on this server.',
      'Install pgvector 0.8 or newer there (Debian: postgresql-15-pgvector); Supabase projects have it.',
    )
  }
  if (installed === null) {
    if (isOld(available ?? '')) return tooOld(available ?? '', 'Update the package on the server.')
    if (may_create) return ok(`pgvector ${available} is there; the migration switches it on.`)
    return failed(
      'The extension vector is not switched on, and this user may not do it.',
      'As a superuser run: create schema if not exists extensions; create extension vector with schema extensions;',
    )
  }
  if (schema !== 'extensions') {
    return failed(
      `The extension vector is in the schema “${schema}”; it must be in “extensions”.`,
      'Run: create schema if not exists extensions; alter extension vector set schema extensions;',
    )
  }
  if (isOld(installed)) return tooOld(installed, 'Run: alter extension vector update;')
  return ok(`pgvector ${installed}.`)
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldestVector[0] || (major === oldestVector[0] && minor < oldestVector[1])
}

function tooOld(version: string, remedy: string): Finding {
  return failed(`pgvector ${version} is too old; 0.8 or newer is needed.`, remedy)
}

interface RightsRow {
  user: string
  is_superuser: boolean
  may_create_roles: boolean
  missing_roles: string[]
  not_granted: string[]
  has_tables: boolean
  may_create_schemas: boolean
}

/** Whether the login can take the roles of callers, make what is missing, and change what its migrations change. */
export async function checkRights(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<RightsRow>(
    `select current_user::text as user, r.rolsuper as is_superuser, r.rolcreaterole as may_create_roles,
       coalesce((select array_agg(w.name) from unnest(array['anon', 'authenticated', 'service_role']) as w(name)
         where to_regrole(w.name) is null), '{}') as missing_roles,
       coalesce((select array_agg(g.rolname::text) from pg_catalog.pg_roles g
         where g.rolname in ('anon', 'authenticated', 'service_role')
           and not pg_catalog.pg_has_role(r.oid, g.oid, 'member')), '{}') as not_granted,
       to_regclass('public.profiles') is not null as has_tables,
       pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'create') as may_create_schemas
     from pg_catalog.pg_roles r where r.rolname = current_user`,
  )
  const row = rows[0]
  return row ? judgeRights(row) : failed('The server does not know who asks.', 'Sign in as another user.')
}

export function judgeRights(row: RightsRow): Finding {
  if (row.is_superuser) return ok(`“${row.user}” is a superuser.`)
  if (row.missing_roles.length > 0 && !row.may_create_roles) {
    return failed(
      `The roles ${row.missing_roles.join(', ')} are missing, and “${row.user}” may not create roles.`,
      `As a superuser run: alter role "${row.user}" createrole; or sign in as the owner (Supabase: postgres).`,
    )
  }
  if (row.not_granted.length > 0) {
    return failed(
      `“${row.user}” may not become ${row.not_granted.join(', ')}: callers could not be served as themselves.`,
      `As a superuser run: grant ${row.not_granted.join(', ')} to "${row.user}";`,
    )
  }
  if (!row.has_tables && !row.may_create_schemas) {
    return failed(
      `“${row.user}” may not create schemas here, so the schema can’t be made.`,
      'Sign in as the owner of the database.',
    )
  }
  if (!row.may_create_roles) {
    return warning(
      `“${row.user}” may not create roles, so callers sign in with the login below.`,
      'Give a login for callers, or: alter role … createrole (see the README, “Connecting to a Supabase project”).',
    )
  }
  return ok(`“${row.user}” may become every role that callers have.`)
}

/**
 * Whose schema it is and how far it has come.
 * @param isShared a project's, in which nothing is changed unasked; another database is brought up to date at the start
 */
export async function checkSchema(
  client: pg.Client,
  target: Target,
  { migrations, isShared }: { migrations: string; isShared: boolean },
): Promise<Finding> {
  const status = await migrationStatus({ url: target.url.href }, { directory: migrations })
  const { current, pending, changed, unknown } = status
  if (unknown.length > 0) {
    return failed(
      `The database is newer than this version of Semblance: it has ${unknown.join(', ')}.`,
      'Update Semblance.',
    )
  }
  if (changed.length > 0) {
    return failed(
      `The migration ${changed.join(', ')} was another one when it was applied.`,
      'Update Semblance, or look with: semblance migrate --check',
    )
  }
  if (current !== null && pending.length === 0) return ok(`Up to date, at ${current}.`)
  if (current === null && (await hasForeignTables(client))) {
    return failed(
      'The tables are there, made by somebody else’s migrations.',
      'Run once: semblance migrate --adopt. It shows first what it would add; nothing existing is dropped or changed.',
    )
  }
  const message =
    current === null
      ? 'The schema is not there yet.'
      : `The schema is ${count(pending.length)} behind, at ${current}.`
  return isShared
    ? failed(message, 'It is shared, so nothing in it is changed unasked. Run: semblance migrate')
    : warning(message, `Connecting applies ${count(pending.length)}.`)
}

function count(migrations: number): string {
  return migrations === 1 ? '1 migration' : `${migrations} migrations`
}

async function hasForeignTables(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.profiles') is not null or to_regclass('public.faces') is not null as there`,
  )
  return rows[0]?.there ?? false
}
