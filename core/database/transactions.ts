import {
  CompiledQuery,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
  type PostgresPool,
} from 'kysely'
import type { PoolClient } from 'pg'

/**
 * PostgreSQL, with transactions that begin in words of our own: what must hold for the whole transaction goes with
 * `begin` in one message, so that it costs no way to the server and back.
 *
 * @param opening statements that follow `begin;`, asked for at each transaction's start
 */
export function createDialect(pool: PostgresPool, opening: () => string): Dialect {
  return {
    createDriver() {
      const driver = new PostgresDriver({ pool })
      driver.beginTransaction = async (connection) => {
        await connection.executeQuery(CompiledQuery.raw(`begin; ${opening()}`))
      }
      return driver
    },
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (database) => new PostgresIntrospector(database),
  }
}

/** A transaction of a client that the caller holds. */
export async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    // A lost connection has rolled back already; its error is the one to tell.
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
