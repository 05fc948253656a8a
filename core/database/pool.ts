import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { SemblanceError } from '../model/errors'

export interface GuardOptions {
  /**
   * Within how many milliseconds a transaction must begin, which takes the server no work: a connection that died
   * without a word shows there. Without it there is no limit.
   */
  beginMs?: number
  /** Told once of each query that has had no answer for this long. */
  slow?: { afterMs: number; notice: () => void }
}

/**
 * A pool as Kysely takes it, over pg's. A client that comes back inside a transaction is rolled back, and one that was
 * given back answers no more: a query that somebody forgot to await would run in another's transaction, or without any
 * role at all.
 */
export function guardPool(pool: Pick<Pool, 'connect'>, options: GuardOptions = {}): PostgresPool {
  return {
    async connect() {
      try {
        return guardClient(await pool.connect(), options)
      } catch (error) {
        throw explained(error)
      }
    },
    // Whoever opened the pool ends it.
    end: () => Promise.resolve(),
  }
}

function guardClient(client: PoolClient, { beginMs, slow }: GuardOptions): PostgresPoolClient {
  let released = false
  let begun = false
  let broken: Error | undefined
  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (released) throw new Error('A query came after its transaction had ended. Await every query.')
    const limit = begun ? undefined : beginMs
    begun = true
    const timer = slow && setTimeout(slow.notice, slow.afterMs)
    try {
      const values = [...parameters]
      // A limit of its own for one query is something that pg knows and its types don't.
      const limited = { text: sql, values, ...(limit !== undefined && { query_timeout: limit }) }
      const asked = client.query(limited)
      // Kysely reads `rowCount` for commands that have one.
      return (await asked) as unknown as PostgresQueryResult<R>
    } catch (error) {
      if (isUnanswered(error)) broken = error as Error
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release() {
      if (released) return
      released = true
      if (broken) {
        client.release(broken)
        // What waits for an answer would wait for the goodbye too.
        return client.connection.stream.destroy()
      }
      if (client.getTransactionStatus() === 'I') return client.release()
      client.query('rollback').then(
        () => client.release(),
        (error: unknown) => client.release(error as Error),
      )
    },
  }
}

/** What pg says where an answer took longer than its `query_timeout`. */
function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
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
