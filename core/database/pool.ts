import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { SemblanceError } from '../model/errors'

/**
 * A pool as Kysely takes it, over pg's. A client that comes back inside a transaction is rolled back, and one that was
 * given back answers no more: a query that somebody forgot to await would run in another's transaction, or without any
 * role at all.
 */
export function guardPool(pool: Pool): PostgresPool {
  return {
    async connect() {
      try {
        return guardClient(await pool.connect())
      } catch (error) {
        throw explained(error)
      }
    },
    end: () => pool.end(),
  }
}

function guardClient(client: PoolClient): PostgresPoolClient {
  let released = false
  function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (released)
      return Promise.reject(new Error('A query came after its transaction had ended. Await every query.'))
    // Kysely reads `rowCount` for commands that have one.
    return client.query(sql, [...parameters]) as unknown as Promise<PostgresQueryResult<R>>
  }
  return {
    query: query as PostgresPoolClient['query'],
    release() {
      if (released) return
      released = true
      if (client.getTransactionStatus() === 'I') return client.release()
      client.query('rollback').then(
        () => client.release(),
        (error: unknown) => client.release(error as Error),
      )
    },
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !/^timeout exceeded when trying to connect/.test(error.message))
    return error
  return new SemblanceError(
    'UNAVAILABLE',
    'The database is busy: no connection became free in time. Try again in a moment.',
    {},
    { cause: error },
  )
}
