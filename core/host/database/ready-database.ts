import { sql } from 'kysely'
import type { Logger } from 'pino'
import { connectDatabase, type Database } from '../../database/connect'
import type { Source } from '../../database/engine'
import { migrate, migrationsHash, migrationStatus } from '../../database/migrate'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { keptDatabase } from '../connection/kept-connection'
import { openSource, withDatabase } from './open-source'
import { appPaths } from '../paths'
import { untilVerified } from './unverified-database'

interface Options {
  config: Config
  log: Logger
  say: (line: string) => void
}

/**
 * The configured database with the schema of this version. One of this host's own is brought up to date; that of a
 * shared project never without being asked to. One of a shared project that can't be reached just now is no reason not to
 * start, where this very version has found it in order before: what lies on this machine can be worked on meanwhile.
 * @param onOpen Told of the database as soon as it is open, so that it can be closed whatever follows.
 * @throws SemblanceError UNAVAILABLE where a shared database is behind, with the command that mends it
 */
export async function readyDatabase(
  { config, log, say }: Options,
  onOpen: (database: Database) => void,
): Promise<Database> {
  const kept = keptDatabase(config.home)
  const schema = await migrationsHash(appPaths().migrations)
  const url = config.databaseUrl ?? ''
  const source = await openSource(config, log)
  const connected = await connectDatabase(source, {
    callersUrl: config.callersDatabaseUrl,
    mayBeAway: Boolean(config.supabase) && (await kept.isKnown(url, schema)),
    onProblem: (problem) => log.warn({ err: problem }, 'the connection to the database'),
  })
  async function verify(): Promise<void> {
    await requireCurrentSchema(source, connected)
    await kept
      .note(url, schema)
      .catch((error: unknown) => log.warn({ err: error }, 'what database this is could not be noted'))
  }
  const outage = connected.outage()
  const database = outage ? untilVerified(connected, { verify, say }) : connected
  onOpen(database)
  if (outage) {
    say(`${outage.reason} It is tried again by itself; until then only imports on this machine go on.`)
    return database
  }
  if (config.supabase) {
    await verify()
    return database
  }
  const { applied } = await migrate(source, {
    directory: appPaths().migrations,
    onProgress: ({ name, index, total }) => say(`Database: migration ${index + 1} of ${total}, ${name}`),
  })
  if (applied.length > 0) log.info({ applied }, 'the database was migrated')
  return database
}

/**
 * For commands that read or change what a database of this version holds.
 * @throws SemblanceError UNAVAILABLE where it is not set up, or is another version's, with the command that mends it
 */
export function withCurrentDatabase<T>(
  config: Config,
  log: Logger,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return withDatabase(config, log, async (database, source) => {
    await requireCurrentSchema(source, database)
    return work(database)
  })
}

async function requireCurrentSchema(source: Source, database: Database): Promise<void> {
  const { location } = database
  const status = await migrationStatus(source, { directory: appPaths().migrations })
  const { current, pending, changed, unknown } = status
  if (unknown.length > 0) {
    throw refusal(
      `The database ${location} is newer than this version of Semblance (${unknown.join(', ')}). Update Semblance.`,
      'schema_newer',
    )
  }
  if (changed.length > 0) {
    throw refusal(
      `The database ${location} was made by other files than this version's: ${changed.join(', ')}. Update Semblance, or see semblance migrate --check.`,
      'schema_differs',
    )
  }
  if (pending.length === 0) return
  if (current === null) {
    throw (await holdsDocumentedTables(database))
      ? refusal(
          `The database ${location} holds Semblance's tables, made by somebody else's migrations. ` +
            'Run semblance migrate --adopt, which shows first what it would add.',
          'schema_foreign',
        )
      : refusal(
          `The database ${location} is not set up for Semblance yet. Run semblance migrate.`,
          'schema_missing',
        )
  }
  throw refusal(
    `The database ${location} is ${pending.length} ${pending.length === 1 ? 'migration' : 'migrations'} behind (${pending.join(', ')}). ` +
      'Nothing in it is changed unasked: run semblance migrate.',
    'schema_behind',
  )
}

function holdsDocumentedTables(database: Database): Promise<boolean> {
  return database.asOwner(async (tx) => {
    const { rows } = await sql<{ there: boolean }>`
      select to_regclass('public.profiles') is not null and to_regclass('public.faces') is not null as there`.execute(
      tx,
    )
    return rows[0]?.there ?? false
  })
}

function refusal(message: string, reason: string): SemblanceError {
  return new SemblanceError('UNAVAILABLE', message, { reason })
}
