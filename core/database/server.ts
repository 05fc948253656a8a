import pg from 'pg'
import { SemblanceError } from '../model/errors'
import { connectionProblem } from './connection-problem'
import type { Engine } from './engine'
import { createListener } from './server-listener'

export interface ServerOptions {
  /** Told of what goes wrong beside a query: a connection lost while idle, notifications that stopped. */
  onProblem?: (problem: Error) => void
  /** Connections at most. Default 10. */
  connections?: number
}

/**
 * Connects to a PostgreSQL server.
 *
 * TLS goes by the URL's `sslmode` as libpq understands it: `require` encrypts without looking at the certificate,
 * `verify-full` checks it. Without one, a server on another machine must speak TLS.
 *
 * @throws SemblanceError BAD_REQUEST where the URL can't be used, UNAVAILABLE where the server can't be
 */
export async function openServer(url: string, options: ServerOptions = {}): Promise<Engine> {
  const { location, connectionString } = readUrl(url)
  const config: pg.ClientConfig = {
    connectionString,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 15_000,
    application_name: 'semblance',
  }
  const pool = new pg.Pool({ ...config, max: options.connections ?? 10, idleTimeoutMillis: 60_000 })
  // Without a listener, a connection that is lost while idle would end the process.
  pool.on('error', (error) => options.onProblem?.(connectionProblem(error, location)))
  // And one that is lost in use tells it by the query that fails.
  pool.on('connect', (client) => client.on('error', () => undefined))
  try {
    await pool.query('select 1 as ok')
  } catch (error) {
    await pool.end()
    throw connectionProblem(error, location)
  }
  const listener = createListener(config, (error) => options.onProblem?.(connectionProblem(error, location)))
  let closing: Promise<void> | undefined
  return {
    kind: 'postgres',
    location,
    pool,
    listen: (channel, handler) => listener.listen(channel, handler),
    close: () => (closing ??= Promise.all([listener.close(), pool.end()]).then(() => undefined)),
  }
}

interface ReadUrl {
  /** `host/name`, with the port where it isn't 5432. */
  location: string
  connectionString: string
}

/** Checks a database URL and completes it. */
export function readUrl(text: string): ReadUrl {
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'The database URL is not one: write postgres://user:password@host:5432/name, special characters percent-encoded.',
      {},
      { cause: error },
    )
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new SemblanceError(
      'BAD_REQUEST',
      `A database URL begins with postgres://, not with ${url.protocol}//.`,
    )
  }
  refuseTransactionPooler(url)
  const socket = url.searchParams.get('host')
  if (!url.searchParams.has('sslmode') && socket === null && !isThisMachine(url.hostname)) {
    url.searchParams.set('sslmode', 'require')
  }
  // libpq's meaning of sslmode; by itself pg takes "require" for "verify-full", which Supabase's certificates fail.
  if (url.searchParams.has('sslmode')) url.searchParams.set('uselibpqcompat', 'true')
  const port = url.port === '' || url.port === '5432' ? '' : `:${url.port}`
  const name = decodeURIComponent(url.pathname.slice(1)) || url.username
  return { location: `${socket ?? (url.hostname || 'localhost')}${port}/${name}`, connectionString: url.href }
}

function isThisMachine(host: string): boolean {
  return host === '' || host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}

/** Through a transaction-mode pooler LISTEN hears nothing, without an error. */
function refuseTransactionPooler(url: URL): void {
  if (url.port !== '6543' || !/\.supabase\.(com|co)$/.test(url.hostname)) return
  throw new SemblanceError(
    'BAD_REQUEST',
    "Port 6543 is Supabase's transaction pooler, through which live updates never arrive. Use port 5432 of the same host (session mode).",
  )
}
