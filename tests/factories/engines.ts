import { CompiledQuery, type Transaction } from 'kysely'
import type { Database } from '../../core/database/connect'
import type { Tables } from '../../core/database/tables'
import { createTestDatabase, testEngines } from './database'

/** A migrated database of one test file's own, with SQL as its owner. */
export interface SqlDatabase {
  database: Database
  query: <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  /** A transaction as the schema's owner; several at once on PostgreSQL. */
  transact: <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

/** For `describe.each`: the engines of this machine. */
export const engines = await testEngines()

export async function openSql(engine: Database['engine']): Promise<SqlDatabase> {
  const { database, close } = await createTestDatabase(engine)
  return {
    database,
    query: (text, values) => database.asOwner((tx) => queryIn(tx, text, values)),
    transact: (work) => database.asOwner(work),
    close,
  }
}

/** SQL with $1, $2 … inside of a transaction. */
export async function queryIn<Row = Record<string, unknown>>(
  tx: Transaction<Tables>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]))
  return rows
}
