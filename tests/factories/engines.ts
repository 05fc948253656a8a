import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto'
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp'
import { vector } from '@electric-sql/pglite-pgvector'
// A test database is below the doors that hold the Kysely of the application.
// eslint-disable-next-line no-restricted-imports
import { Kysely, PostgresDialect, type PostgresPool, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from '../../core/database/tables'

/** A database of one test file's own, with or without the schema. */
export interface TestDatabase {
  engine: 'pglite' | 'postgres'
  query: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>
  /** Several statements in one message and one transaction, as the migration runner sends them. */
  script: (text: string) => Promise<void>
  /** A transaction as the owner, on a connection of its own; on PGlite on the only one. */
  transact: <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

const server = process.env['DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:54329/postgres'
const folder = join(import.meta.dirname, '../../migrations')

/** The migrations in their order. */
export function migrationFiles(): { name: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

export async function migrateAll(database: TestDatabase): Promise<void> {
  for (const { name, text } of migrationFiles()) {
    await database.script(text).catch((cause: unknown) => {
      throw new Error(`${name} failed on ${database.engine}: ${String(cause)}`, { cause })
    })
  }
}

export async function openPglite(): Promise<TestDatabase> {
  const lite = await PGlite.create({ extensions: { vector, pgcrypto, uuid_ossp, pg_trgm } })
  await lite.exec(`set max_stack_depth = '100kB'`)
  const connection = {
    query: async (text: string, values?: readonly unknown[]) => {
      const { rows, affectedRows } = await lite.query<never>(text, values as unknown[])
      return { command: 'SELECT' as const, rows, rowCount: affectedRows ?? rows.length }
    },
    release: () => undefined,
  }
  const kysely = kyselyOver({
    connect: () => Promise.resolve(connection),
    end: () => lite.close(),
  } as unknown as PostgresPool)
  return {
    engine: 'pglite',
    transact: (work) => kysely.transaction().execute(work),
    query: async <Row>(text: string, values?: unknown[]) => (await lite.query<Row>(text, values)).rows,
    script: (text) =>
      lite.transaction(async (tx) => {
        await tx.exec(text)
      }),
    close: () => kysely.destroy(),
  }
}

/** Undefined where no server answers; under SEMBLANCE_TEST_ALL that is an error. */
export async function openPostgres(): Promise<TestDatabase | undefined> {
  const admin = new pg.Client({ connectionString: server, connectionTimeoutMillis: 3000 })
  try {
    await admin.connect()
  } catch (cause) {
    if (process.env['SEMBLANCE_TEST_ALL']) throw new Error(`No PostgreSQL at ${server}`, { cause })
    process.stderr.write(`Skipped on PostgreSQL: no server at ${server}; start one or set DATABASE_URL.\n`)
    return undefined
  }
  const name = `semblance_test_${randomBytes(6).toString('hex')}`
  await admin.query(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const client = new pg.Client(url.href)
  await client.connect()
  const kysely = kyselyOver(new pg.Pool({ connectionString: url.href, max: 4 }))
  return {
    engine: 'postgres',
    transact: (work) => kysely.transaction().execute(work),
    query: async <Row>(text: string, values?: unknown[]) => (await client.query(text, values)).rows as Row[],
    script: async (text) => {
      await client.query(`begin; ${text}\n; commit`)
    },
    close: async () => {
      await kysely.destroy()
      await client.end()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

function kyselyOver(pool: PostgresPool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

/** For `describe.each`: the engines of this machine, with what opens a database on each. */
export const engines = [
  ['PGlite', openPglite],
  ['PostgreSQL', openPostgres],
] as const
