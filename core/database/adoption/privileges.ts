import type { PoolClient } from 'pg'
import { platformSchemas } from '../conformance/catalogue'
import { tableOf } from '../conformance/compare'
import { objectKey } from '../conformance/schema-object'
import type { Decisions, PlanContext } from './model'

interface Rights {
  role: string
  createRoles: boolean
  createSchemas: boolean
  users: boolean
}

/** What this login may not do: a blocker, or for Storage's own tables something to do by hand. */
export async function privilegesMissing(
  client: PoolClient,
  { live }: PlanContext,
  decisions: Decisions,
): Promise<void> {
  const { rows } = await client.query<Rights>(
    `select current_user as role, rolcreaterole or rolsuper as "createRoles",
       pg_catalog.has_database_privilege(current_database(), 'create') as "createSchemas",
       coalesce((
         select pg_catalog.has_table_privilege(c.oid, 'trigger') from pg_catalog.pg_class c
         where c.relname = 'users' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = 'auth')
       ), true) as "users"
     from pg_catalog.pg_roles where rolname = current_user`,
  )
  const [rights] = rows
  if (!rights) return
  const { role } = rights
  const refuse = (what: string) => {
    const text = `${role} may not ${what}. Use the login that owns the tables.`
    if (!decisions.blockers.includes(text)) decisions.blockers.push(text)
  }
  for (const object of [...decisions.missing]) {
    const table = tableOf(live.catalogue, object.table)
    const isPlatform = object.schema !== null && platformSchemas.includes(object.schema)
    if (object.kind === 'role' && !rights.createRoles) refuse('create roles')
    if (object.kind === 'schema' && !rights.createSchemas) refuse('create schemas in this database')
    if (object.kind === 'policy' && isPlatform && table && !table.owned) {
      decisions.missing.splice(decisions.missing.indexOf(object), 1)
      const why = `${role} may not create it. By hand, in the dashboard under Storage, Policies: ${object.create[0]}`
      decisions.kept.push({ object: objectKey(object), why })
    } else if (object.kind === 'trigger' && isPlatform && !rights.users)
      refuse(`create triggers on ${object.table ?? ''}`)
    else if (table && !isPlatform && !table.owned && object.kind !== 'row')
      refuse(`alter ${object.table ?? ''}`)
    const home = live.catalogue.schemas.find(({ name }) => name === object.schema)
    if (object.kind === 'grant' && object.name.includes(' on schema ') && home && !home.grantable)
      refuse(`grant the use of the schema ${home.name}`)
    const isNew = ['table', 'function', 'view', 'type', 'index'].includes(object.kind)
    if (home && !home.creatable && isNew && !isPlatform) refuse(`create anything in the schema ${home.name}`)
  }
  for (const { table } of decisions.mending)
    if (!tableOf(live.catalogue, table)?.owned) refuse(`alter ${table}`)
}
