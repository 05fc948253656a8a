import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { SemblanceError } from '../model/errors'

export interface GuardOptions {
  /**
   * Within how many milliseconds a transaction must begin, which takes the server no work: a connection that died
   * without a word shows there, and is ended. Without it there is no limit.
   */
  beginMs: number
  /** Within how many milliseconds every query must be answered; else its connection is ended, too. Default: no limit. */
  answerMs?: number
  /** A query that has had no answer for so many milliseconds is told of. */
  slowMs: number
  /** Told once of each. */
  onSlow: () => void
}

/** A connection that somebody has, and what it was asked last. */
interface Loan {
  client: PoolClient
  /** Questions so far; the first one begins the transaction. */
  asked: number
  /** When the last one was asked, 0 where it is answered. */
  since: number
  told: boolean
}

/**
 * A pool as Kysely takes it, over pg's. A client that comes back inside a transaction is rolled back, and one that was
 * given back answers no more: a query that somebody forgot to await would run in another's transaction, or without any
 * role at all.
 */
export function guardPool(pool: Pick<Pool, 'connect'>, options?: GuardOptions): PostgresPool {
  const watch = createWatch(options)
  return {
    async connect() {
      try {
        return guardClient(await pool.connect(), watch)
      } catch (error) {
        throw explained(error)
      }
    },
    // Whoever opened the pool ends it.
    end: () => Promise.resolve(),
  }
}

type Watch = ReturnType<typeof createWatch>

function guardClient(client: PoolClient, watch: Watch): PostgresPoolClient {
  let released = false
  const loan = watch.lend(client)
  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (released) throw new Error('A query came after its transaction had ended. Await every query.')
    loan.asked += 1
    loan.since = performance.now()
    try {
      // Kysely reads `rowCount` for commands that have one.
      return (await client.query(sql, parameters as unknown[])) as unknown as PostgresQueryResult<R>
    } finally {
      loan.since = 0
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release() {
      if (released) return
      released = true
      watch.giveBack(loan)
      if (client.getTransactionStatus() === 'I') return client.release()
      client.query('rollback').then(
        () => client.release(),
        (error: unknown) => client.release(error as Error),
      )
    },
  }
}

/** Looks at all loans every second, which costs less than a timer for each query. */
function createWatch(options: GuardOptions | undefined) {
  const loans = new Set<Loan>()
  let timer: NodeJS.Timeout | undefined

  function look({ beginMs, answerMs = Infinity, slowMs, onSlow }: GuardOptions): void {
    const now = performance.now()
    for (const loan of loans) {
      if (loan.since === 0) continue
      const age = now - loan.since
      if (age > (loan.asked === 1 ? beginMs : answerMs)) loan.client.connection.stream.destroy()
      if (loan.told || age < slowMs) continue
      loan.told = true
      onSlow()
    }
    if (loans.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    lend(client: PoolClient): Loan {
      const loan = { client, asked: 0, since: 0, told: false }
      if (!options) return loan
      loans.add(loan)
      timer ??= setInterval(look, 1_000, options).unref()
      return loan
    },
    giveBack: (loan: Loan) => loans.delete(loan),
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
