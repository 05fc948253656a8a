import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { SemblanceError } from '../model/errors'
import { documentedTables } from './conformance/document-tables'
import { openSource } from './connect'
import type { Source } from './engine'
import { inTransaction } from './transactions'

export interface MigrateOptions {
  /** Where the NNNN_name.sql lie. */
  directory: string
  /** Told of each file before it is run. */
  onProgress?: (progress: { name: string; index: number; total: number }) => void
  /** Awaited after each file, outside of its transaction, on the same connection. */
  onApplied?: (name: string, client: PoolClient) => Promise<void>
  /** The name of the last file to run. Default: all. */
  upTo?: string
}

export interface MigrateResult {
  /** The files that this call ran. */
  applied: string[]
  /** The last one that the database has now. */
  current: string | null
}

export interface MigrationStatus {
  /** The last one that was applied. */
  current: string | null
  /** Not applied yet. */
  pending: string[]
  /** Applied, and edited since. */
  changed: string[]
  /** Applied, and not among these files: the database is newer. */
  unknown: string[]
}

interface MigrationFile {
  name: string
  text: string
  sha256: string
}

interface AppliedRow {
  name: string
  sha256: string
}

/** Whoever migrates holds this lock: "semb" in ASCII. Released with the transaction, so it works through a pooler. */
const lockKey = 0x73656d62

/**
 * Brings a database up to date. Each file runs in one transaction with the row that says so: whatever happens in
 * between, the next call goes on where this one stopped. Several hosts may do it at once.
 *
 * @throws SemblanceError CONFLICT where an applied file was edited, or the database knows migrations that are not here
 */
export async function migrate(source: Source, options: MigrateOptions): Promise<MigrateResult> {
  const { upTo } = options
  const all = await readMigrations(options.directory)
  const files = upTo === undefined ? all : all.filter(({ name }) => name <= upTo)
  return withClient(source, async (client) => {
    const applied: string[] = []
    const total = (await statusOf(client, files)).pending.length
    for (;;) {
      const name = await inTransaction(client, () =>
        applyNext(client, files, (next) =>
          options.onProgress?.({ name: next, index: applied.length, total }),
        ),
      )
      if (name === null) return { applied, current: files.at(-1)?.name ?? null }
      applied.push(name)
      await options.onApplied?.(name, client)
    }
  })
}

/** What `migrate` would find, without changing anything. */
export async function migrationStatus(
  source: Source,
  { directory }: Pick<MigrateOptions, 'directory'>,
): Promise<MigrationStatus> {
  const files = await readMigrations(directory)
  return withClient(source, (client) => statusOf(client, files))
}

/** One value for all files together: equal values build equal databases. */
export async function migrationsHash(directory: string): Promise<string> {
  const files = await readMigrations(directory)
  return digest(files.map(({ name, sha256 }) => `${name} ${sha256}\n`).join(''))
}

/** Each migration's name with the digest that it is recorded with. */
export async function migrationHashes(directory: string): Promise<Map<string, string>> {
  return new Map((await readMigrations(directory)).map(({ name, sha256 }) => [name, sha256]))
}

/** A connection of its own for `work`; one that was lost in a transaction is not used again. */
export async function withClient<T>(source: Source, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const engine = await openSource(source)
  try {
    const client = await engine.pool.connect()
    let failure: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      if (client.getTransactionStatus() !== 'I') failure = error as Error
      throw error
    } finally {
      client.release(failure)
    }
  } finally {
    if (!('engine' in source)) await engine.close()
  }
}

/** Runs the first file that is missing and writes its row; null where none is. */
async function applyNext(
  client: PoolClient,
  files: MigrationFile[],
  onStart: (name: string) => void,
): Promise<string | null> {
  await client.query('select pg_advisory_xact_lock($1)', [lockKey])
  const status = await statusOf(client, files)
  refuseForeign(status)
  const file = files.find(({ name }) => name === status.pending[0])
  if (!file) return null
  if (status.current === null) await refuseOthersTables(client)
  onStart(file.name)
  // Not "if not exists" alone, for which even a schema that exists takes the right to create one.
  await client.query(`do $$ begin
    if to_regnamespace('semblance') is null then create schema semblance; end if;
  end $$`)
  await client.query(
    `create table if not exists semblance.migrations (
       name text primary key,
       sha256 text not null,
       applied_at timestamptz not null default now()
     )`,
  )
  await runFile(client, file)
  await client.query('insert into semblance.migrations (name, sha256) values ($1, $2)', [
    file.name,
    file.sha256,
  ])
  return file.name
}

async function runFile(client: PoolClient, file: MigrationFile): Promise<void> {
  try {
    await client.query(file.text)
  } catch (error) {
    const { message, position } = error as Error & { position?: string }
    const line = position === undefined ? '' : `, line ${lineAt(file.text, Number(position))}`
    throw new Error(`The migration ${file.name}${line} failed and left nothing behind: ${message}`, {
      cause: error,
    })
  }
  if (client.getTransactionStatus() !== 'T') {
    throw new Error(
      `The migration ${file.name} ends its transaction itself. Take the begin and commit out of it.`,
    )
  }
  // What a file sets for itself must not reach the next.
  await client.query('reset role; reset search_path')
}

/** @param position of a character, from 1, in code points as PostgreSQL counts them */
function lineAt(text: string, position: number): number {
  return (
    Array.from(text)
      .slice(0, position - 1)
      .filter((character) => character === '\n').length + 1
  )
}

/** Tables of our names that other migrations made: ours would fail half way. */
async function refuseOthersTables(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_catalog.pg_tables
     where schemaname = 'public' and tablename = any ($1) order by 1`,
    [Object.keys(documentedTables)],
  )
  if (rows.length === 0) return
  const tables = rows.map(({ name }) => name)
  // Adopting takes these two for the sign that they are the documented ones.
  const isDocumented = tables.includes('profiles') && tables.includes('faces')
  throw new SemblanceError(
    'CONFLICT',
    `The database holds tables already that other migrations made (${tables.join(', ')}). ${
      isDocumented
        ? '"semblance migrate --adopt" adds what Semblance needs beside them.'
        : 'Semblance needs these names for its own: give it a project of its own, or have them renamed by whoever owns them.'
    }`,
    { tables },
  )
}

function refuseForeign({ changed, unknown }: MigrationStatus): void {
  if (unknown.length > 0) {
    throw new SemblanceError(
      'CONFLICT',
      `The database is newer than this version of Semblance: it has the migration ${unknown.join(', ')}. Update Semblance.`,
      { unknown },
    )
  }
  if (changed.length > 0) {
    throw new SemblanceError(
      'CONFLICT',
      `The migration ${changed.join(', ')} was edited after it had been applied. Restore the file, and add a new one instead.`,
      { changed },
    )
  }
}

async function statusOf(client: PoolClient, files: MigrationFile[]): Promise<MigrationStatus> {
  const rows = await appliedRows(client)
  const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]))
  const names = new Set(files.map(({ name }) => name))
  return {
    current: rows.at(-1)?.name ?? null,
    pending: files.filter(({ name }) => !applied.has(name)).map(({ name }) => name),
    changed: files
      .filter(({ name, sha256 }) => applied.has(name) && applied.get(name) !== sha256)
      .map(({ name }) => name),
    unknown: rows.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  }
}

async function appliedRows(client: PoolClient): Promise<AppliedRow[]> {
  // Not to_regclass: its cache may miss what another host made while this one waited for the lock.
  const { rows: known } = await client.query<{ there: boolean }>(
    `select exists (
       select from pg_catalog.pg_tables where schemaname = 'semblance' and tablename = 'migrations'
     ) as there`,
  )
  if (!known[0]?.there) return []
  const { rows } = await client.query<AppliedRow>(
    'select name, sha256 from semblance.migrations order by name',
  )
  return rows
}

async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  const strange = names.find((name, index) => Number(/^(\d{4})_\w+\.sql$/.exec(name)?.[1]) !== index + 1)
  if (strange !== undefined) {
    throw new Error(
      `Migrations are numbered 0001_name.sql, 0002_name.sql and so on without gaps; ${strange} is not.`,
    )
  }
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8')
      // The same on a checkout with Windows' line ends.
      return { name: name.slice(0, -'.sql'.length), text, sha256: digest(text.replaceAll('\r\n', '\n')) }
    }),
  )
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
