import pg from 'pg'
import { createCallersPool } from './callers-pool'
import { connectionProblem } from './connection-problem'
import type { Engine } from './engine'
import { createHealth } from './health'
import { isOutage } from './outage'
import { createListener } from './server-listener'
import { readUrl } from './server-url'

export interface ServerOptions {
  /** Told of what goes wrong beside a query: a connection lost while idle, notifications that stopped, an outage. */
  onProblem?: (problem: Error) => void
  /** Connections at most, the owner's and callers' together, beside the one that listens. Default 10, at least 2. */
  connections?: number
  /** The URL of a login for callers, where the owner's may not make one. */
  callersUrl?: string | null
  /** A server that can't be reached for now is no reason to fail: it is opened as away. Default false. */
  mayBeAway?: boolean
}

/** How long a probe, and whoever wants a connection, waits for the server. */
const probeMs = 5_000
const connectMs = 10_000
/** How long transactions have to end, and the server to say goodbye, once all is closed. */
const closingMs = 2_000

/**
 * Connects to a PostgreSQL server.
 *
 * TLS goes by the URL's `sslmode` as libpq understands it: `require` encrypts without looking at the certificate,
 * `verify-full` checks it. Without one, a server on another machine must speak TLS. A pooler in transaction mode may
 * stand in between: nothing here keeps state in a session, but what listens.
 *
 * @throws SemblanceError BAD_REQUEST where the URL can't be used, UNAVAILABLE where the server can't be
 */
export async function openServer(url: string, options: ServerOptions = {}): Promise<Engine> {
  const { location, connectionString, isTransactionPooler } = readUrl(url)
  const callersString = options.callersUrl ? readUrl(options.callersUrl).connectionString : null
  const config = configFor(connectionString)
  const problem = (error: unknown) => connectionProblem(error, location)
  const report = (error: unknown) => options.onProblem?.(problem(error))
  const sizes = shareOf(options.connections ?? 10)
  const sockets = createSocketBook()

  const openPool = (connection: string, max: number): pg.Pool => {
    const pool = new pg.Pool({ ...configFor(connection), max, idleTimeoutMillis: 60_000 })
    // Without a listener, a connection that is lost while idle would end the process.
    pool.on('error', report)
    pool.on('connect', (client) => {
      // And one that is lost in use tells it by the query that fails.
      client.on('error', () => undefined)
      sockets.note(client)
    })
    return pool
  }
  const pool = openPool(connectionString, sizes.owner)
  let isAway = false
  try {
    await pool.query('select 1 as ok')
  } catch (error) {
    isAway = options.mayBeAway === true && isOutage(error)
    if (!isAway) {
      await pool.end()
      throw problem(error)
    }
  }

  const watch = createHealth({
    async probe() {
      try {
        await probe(config, pool)
      } catch (error) {
        // Where nothing answers, what waits for an answer on an old connection waits in vain.
        if (isSilence(error)) sockets.cut()
        throw problem(error)
      }
    },
    onAway: (error) => options.onProblem?.(error),
  })
  const listener = createListener(config, {
    isDeaf: isTransactionPooler,
    notify: async (channel) => {
      await pool.query('select pg_notify($1, $2)', [channel, ''])
    },
    onProblem: report,
  })
  watch.health.onOutage((outage) => {
    if (outage === null) listener.retryNow()
  })
  const callersPool = createCallersPool({
    ...{ pool, connectionString, callersString },
    openPool: (connection) => openPool(connection, sizes.callers),
  })
  // From here on it is known to be away, and tried again by itself.
  if (isAway) await watch.health.check().catch(() => undefined)
  let closing: Promise<void> | undefined
  const close = async () => {
    watch.close()
    const ended = Promise.all([listener.close(), pool.end(), callersPool.close()])
    // A server that is away says no goodbye, and transactions that wait for it never end.
    const late = setTimeout(() => {
      listener.cut()
      sockets.cut()
    }, closingMs)
    await ended.finally(() => clearTimeout(late))
  }
  return {
    ...{ kind: 'postgres', location, pool, health: watch.health },
    callers: callersPool,
    listen: (channel, handler) => listener.listen(channel, handler),
    close: () => (closing ??= close()),
  }
}

function configFor(connectionString: string): pg.ClientConfig {
  return {
    connectionString,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: connectMs,
    application_name: 'semblance',
  }
}

/** Callers are many and short; the worker and the embedded services are few. */
function shareOf(connections: number): { owner: number; callers: number } {
  const callers = Math.max(1, Math.floor(connections * 0.6))
  return { owner: Math.max(1, connections - callers), callers }
}

/** Rejects with the reason where no new connection answers, nor one that is there already. */
async function probe(config: pg.ClientConfig, pool: pg.Pool): Promise<void> {
  const anew = async () => {
    const client = new pg.Client({ ...config, connectionTimeoutMillis: probeMs, query_timeout: probeMs })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('select 1')
    } finally {
      client.end().catch(() => undefined)
    }
  }
  const asked: Promise<unknown>[] = [anew()]
  // Where the name can't be resolved any more, or the server has no room, what is connected goes on.
  const limited = { text: 'select 1', query_timeout: probeMs }
  if (pool.idleCount > 0) asked.push(pool.query(limited))
  try {
    await Promise.any(asked)
  } catch (error) {
    throw (error as AggregateError).errors[0]
  }
}

/** Connecting or asking took too long: the server is gone without a word, or the way to it is. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && /timeout|ETIMEDOUT/.test(error.message)
}

/** The connections of all pools, to cut them all. */
function createSocketBook() {
  const clients = new Set<pg.PoolClient>()
  return {
    note(client: pg.PoolClient) {
      clients.add(client)
      client.once('end', () => clients.delete(client))
    },
    cut() {
      for (const client of clients) client.connection.stream.destroy()
    },
  }
}
