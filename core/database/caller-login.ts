import pg, { type Pool, type PoolClient } from 'pg'
import { SemblanceError } from '../model/errors'
import { scramVerifier } from './scram'

/** Who the connections of callers log in as. */
export interface CallerLogin {
  user: string
  password: string
}

export interface Owner {
  /** The role that the owner's login has. */
  login: string
  database: string
  databaseOid: number
}

/** Whoever makes the login holds this lock: "call" in ASCII. Released with the transaction. */
const lockKey = 0x63616c6c

/**
 * What a caller may keep the server busy with at a time. The login has it from its start: set for each transaction, it
 * would cost a small one a fifth of its time.
 */
const statementTimeout = '30s'

/** Whether this database has come as far as the migration that knows callers' logins. */
export async function knowsCallerLogins(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ known: boolean }>(
    `select exists (
       select from pg_catalog.pg_tables where schemaname = 'semblance' and tablename = 'caller_logins'
     ) as known`,
  )
  return rows[0]?.known ?? false
}

/** Who the owner's connections are, and where. */
export async function readOwner(pool: Pool): Promise<Owner> {
  const { rows } = await pool.query<Owner>(
    `select session_user::text as login, datname::text as database, oid::int8::float8 as "databaseOid"
     from pg_catalog.pg_database where datname = current_database()`,
  )
  return rows[0]
}

/**
 * The login of this database's callers: made where it is missing, completed where something of it is. Several hosts may
 * do it at once. A role is the whole server's, hence one with the database's name in it.
 *
 * @param options.reset has the server know the password again, after it refused it
 * @throws SemblanceError UNAVAILABLE where the owner's login may not make roles, with the SQL that makes it
 */
export async function ensureCallerLogin(pool: Pool, options: { reset?: boolean } = {}): Promise<CallerLogin> {
  const client = await pool.connect()
  let failure: Error | undefined
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [lockKey])
    const login = await readLogin(client)
    await completeRole(client, login, login.isNew || options.reset === true)
    await client.query('commit')
    return { user: login.user, password: login.password }
  } catch (error) {
    failure = error as Error
    if ((error as { code?: string }).code === '42501') throw await notAllowed(pool, error)
    throw error
  } finally {
    // A connection inside of a failed transaction is not worth keeping.
    client.release(failure)
  }
}

interface LoginRow extends CallerLogin {
  isNew: boolean
}

/** The row with the password, which the server makes up itself: it is in no statement. */
async function readLogin(client: PoolClient): Promise<LoginRow> {
  const inserted = await client.query(
    `insert into semblance.caller_logins (role_name, password)
     select ${roleName}, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
     on conflict (role_name) do nothing`,
  )
  const { rows } = await client.query<CallerLogin>(
    `select role_name as "user", password from semblance.caller_logins where role_name = ${roleName}`,
  )
  return { ...rows[0], isNew: inserted.rowCount === 1 }
}

const roleName = `'semblance_caller_' || left(md5(current_database()), 8)`

async function completeRole(
  client: PoolClient,
  { user, password }: CallerLogin,
  setPassword: boolean,
): Promise<void> {
  const role = pg.escapeIdentifier(user)
  const { rows } = await client.query<{ exists: boolean }>(
    'select exists (select from pg_catalog.pg_roles where rolname = $1)',
    [user],
  )
  const exists = rows[0]?.exists ?? false
  if (!exists || setPassword) {
    const options = `login noinherit password ${pg.escapeLiteral(scramVerifier(password))}`
    await client.query(`${exists ? 'alter' : 'create'} role ${role} ${options}`)
    await client.query(`alter role ${role} set statement_timeout = '${statementTimeout}'`)
  }
  const { rows: lacking } = await client.query<{ roles: string[]; connects: boolean; database: string }>(
    `select
       array(
         select wanted from unnest(array['anon', 'authenticated']) wanted
         where not pg_has_role($1, wanted, 'member')
       ) as roles,
       has_database_privilege($1, current_database(), 'connect') as connects,
       current_database() as database`,
    [user],
  )
  const { roles, connects, database } = lacking[0]
  if (roles.length > 0) await client.query(`grant ${roles.join(', ')} to ${role}`)
  if (!connects) await client.query(`grant connect on database ${pg.escapeIdentifier(database)} to ${role}`)
}

async function notAllowed(pool: Pool, cause: unknown): Promise<SemblanceError> {
  const { rows } = await pool.query<{ role: string; database: string }>(
    `select ${roleName} as role, current_database() as database`,
  )
  const { role, database } = rows[0]
  return new SemblanceError(
    'UNAVAILABLE',
    `The database login may not make the role that callers log in as (${(cause as Error).message}). ${callersSql(role, database)}`,
    { role },
    { cause },
  )
}

/** What an admin of the server runs by hand. */
export function callersSql(role: string, database: string): string {
  return [
    'Have an admin of the database run, with a password of their own:',
    `  create role ${role} login noinherit password '…';`,
    `  alter role ${role} set statement_timeout = '${statementTimeout}';`,
    `  grant anon, authenticated to ${role};`,
    `  grant connect on database ${pg.escapeIdentifier(database)} to ${role};`,
    `and give its URL as SEMBLANCE_CALLERS_DATABASE_URL: postgresql://${role}:…@host:port/${encodeURIComponent(database)}`,
  ].join('\n')
}

interface Reach {
  login: string
  databaseOid: number
  /** Roles that it could become and must not. */
  reach: string[]
  /** Roles that it must be able to become and can't. */
  lacks: string[]
}

/**
 * Holds a login for callers to what it is for: anon and authenticated, in the owner's database.
 *
 * @param pool of connections that log in so
 * @throws SemblanceError BAD_REQUEST where it could become somebody who passes by row-level security, or is elsewhere
 */
export async function checkCallerLogin(pool: Pool, owner: Owner): Promise<void> {
  const { rows } = await pool.query<Reach>(
    `select session_user::text as login,
       (select oid::int8::float8 from pg_catalog.pg_database where datname = current_database()) as "databaseOid",
       array(
         select r.rolname::text from pg_catalog.pg_roles r
         where pg_has_role(session_user, r.oid, 'member')
           and (
             r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication
             or r.rolname in ('service_role', $1) or r.rolname like 'pg\\_%'
             or r.oid in (select nspowner from pg_catalog.pg_namespace where nspname in ('semblance', 'private'))
             or r.oid in (
               select c.relowner from pg_catalog.pg_class c
               join pg_catalog.pg_namespace n on n.oid = c.relnamespace
               where n.nspname in ('public', 'auth', 'storage', 'semblance') and c.relkind in ('r', 'p')
             )
           )
         order by 1
       ) as reach,
       array(
         select wanted from unnest(array['anon', 'authenticated']) wanted
         where not exists (select from pg_catalog.pg_roles where rolname = wanted)
           or not pg_has_role(session_user, wanted, 'member')
       ) as lacks`,
    [owner.login],
  )
  const { login, databaseOid, reach, lacks } = rows[0]
  if (databaseOid !== owner.databaseOid) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'SEMBLANCE_CALLERS_DATABASE_URL leads to another database than SEMBLANCE_DATABASE_URL.',
    )
  }
  if (reach.length > 0) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `Callers must not log in as ${login}, which could become ${reach.join(', ')} and pass by row-level security. ` +
        callersSql('semblance_caller', owner.database),
      { login, reach },
    )
  }
  if (lacks.length > 0) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `Callers log in as ${login}, which can't become ${lacks.join(' and ')}. Run: grant ${lacks.join(', ')} to ${pg.escapeIdentifier(login)};`,
      { login, lacks },
    )
  }
}
