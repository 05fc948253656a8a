import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { dependencies } from '../../package.json'
import { connectDatabase, type Database } from '../../core/database/connect'
import { migrate, migrationsHash } from '../../core/database/migrate'
import {
  openEmbeddedDatabase,
  type EmbeddedDatabase,
  type EmbeddedDatabaseOptions,
} from '../../core/embedded/database'
import { testSkip } from './requirements'

export type TestEngine = Database['engine']

/** A migrated database of one test's own. */
export interface TestDatabase {
  database: Database
  /** Closes it and removes what it left. */
  close: () => Promise<void>
}

const root = join(import.meta.dirname, '../..')
export const migrationsDirectory = join(root, 'migrations')
export const databaseWorkerEntry = join(root, 'out/main/database-worker.js')
const pgliteVersion = dependencies['@electric-sql/pglite']

/** The server for tests; SEMBLANCE_TEST_DATABASE_URL or DATABASE_URL names another. */
export const testServer =
  process.env['SEMBLANCE_TEST_DATABASE_URL'] ??
  process.env['DATABASE_URL'] ??
  'postgresql://postgres@127.0.0.1:54329/postgres'

/** Opens a fresh, migrated database. Both engines copy one that was migrated once for these very migrations. */
export async function createTestDatabase(engine: TestEngine): Promise<TestDatabase> {
  return engine === 'pglite' ? createEmbedded() : createOnServer()
}

/** An embedded database without a schema, in memory where no directory is given. */
export async function openTestEngine(options: Partial<EmbeddedDatabaseOptions> = {}) {
  const template = await cachedTemplate(`blank-${pgliteVersion}`, () =>
    openEmbeddedDatabase({ entry: databaseWorkerEntry }),
  )
  return openEmbeddedDatabase({ entry: databaseWorkerEntry, template, ...options })
}

/** The engines that tests run on: PGlite, and PostgreSQL where there is one. */
export async function testEngines(): Promise<TestEngine[]> {
  return (await postgresAvailable()) ? ['pglite', 'postgres'] : ['pglite']
}

/** Whether a PostgreSQL with pgvector answers. Where none does it says so, or throws under SEMBLANCE_TEST_ALL=1. */
export async function postgresAvailable(): Promise<boolean> {
  try {
    return await onServer(async (client) => {
      const { rowCount } = await client.query(`select from pg_available_extensions where name = 'vector'`)
      return rowCount === 1 || !testSkip('PostgreSQL', 'the server for tests has no pgvector.')
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return !testSkip(
      'PostgreSQL',
      `${reason} (${withoutPassword(testServer)}). SEMBLANCE_TEST_DATABASE_URL names one.`,
    )
  }
}

/** A new, empty database on the server for tests. */
export async function createEmptyDatabase(
  template = 'template0',
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `semblance_test_${randomBytes(6).toString('hex')}`
  await onServer((client) => client.query(`create database ${name} template ${template}`))
  return {
    url: urlOf(name),
    drop: () =>
      onServer(async (client) => {
        await client.query(`drop database ${name} with (force)`)
        // Roles are the whole server's: what callers of this database logged in as goes with it.
        const hash = createHash('md5').update(name).digest('hex')
        await client.query(`drop role if exists semblance_caller_${hash.slice(0, 8)}`)
      }),
  }
}

async function createEmbedded(): Promise<TestDatabase> {
  const hash = await migrationsHash(migrationsDirectory)
  const template = await cachedTemplate(hash.slice(0, 16), async () => {
    const engine = await openTestEngine()
    await migrate({ engine }, { directory: migrationsDirectory })
    return engine
  })
  const database = await connectDatabase({ engine: await openTestEngine({ template }) })
  return { database, close: () => database.close() }
}

/** The archive of an embedded database with the schema of the staging area of imports. */
export async function stagingTemplate(): Promise<string> {
  const directory = join(migrationsDirectory, 'staging')
  const hash = await migrationsHash(directory)
  return cachedTemplate(`staging-${hash.slice(0, 16)}`, async () => {
    const engine = await openTestEngine()
    await migrate({ engine }, { directory })
    return engine
  })
}

/** An archive of an embedded database that is made once on this machine: making one anew takes seconds. */
async function cachedTemplate(name: string, make: () => Promise<EmbeddedDatabase>): Promise<string> {
  const path = join(tmpdir(), `semblance-template-${process.getuid?.() ?? 0}-${name}.tar`)
  if (existsSync(path)) return path
  const engine = await make()
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, await engine.dump())
  await engine.close()
  // Test files run side by side: one that another reads already must not be replaced.
  await link(draft, path).catch((error: unknown) => {
    if (!existsSync(path)) throw error
  })
  await rm(draft)
  return path
}

/** A new, migrated database on the server for tests. */
export async function createMigratedDatabase(): ReturnType<typeof createEmptyDatabase> {
  return createEmptyDatabase(await templateOnServer())
}

async function createOnServer(): Promise<TestDatabase> {
  const empty = await createMigratedDatabase()
  const database = await connectDatabase({ url: empty.url })
  return {
    database,
    async close() {
      await database.close()
      await empty.drop()
    },
  }
}

/** A database that holds the schema and nothing else, made by the first test that wants it. */
async function templateOnServer(): Promise<string> {
  const name = `semblance_template_${(await migrationsHash(migrationsDirectory)).slice(0, 16)}`
  await onServer(async (client) => {
    // Test files run side by side, and a half-migrated database must not be copied.
    await client.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount !== 0) return
    const draft = await createEmptyDatabase()
    await migrate({ url: draft.url }, { directory: migrationsDirectory })
    await client.query(`alter database ${new URL(draft.url).pathname.slice(1)} rename to ${name}`)
  })
  return name
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: testServer, connectionTimeoutMillis: 3_000 })
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}

function urlOf(name: string): string {
  const url = new URL(testServer)
  url.pathname = `/${name}`
  return url.href
}

function withoutPassword(text: string): string {
  const url = new URL(text)
  url.password = ''
  return url.href
}
