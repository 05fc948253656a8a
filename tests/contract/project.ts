import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import pg from 'pg'
import type { Database } from '../../core/database/connect'
import { createAuth, type AuthOptions } from '../../core/embedded/auth'
import { loadKeys, type Keys } from '../../core/embedded/keys'
import { createRealtime, type Realtime, type RealtimeOptions } from '../../core/embedded/realtime'
import { createStorage, type StorageOptions } from '../../core/embedded/storage'
import { createTestDatabase, testEngines, type TestEngine } from '../factories/database'
import { queryIn } from '../factories/engines'

/** A Supabase project as its clients see it. */
export interface Project {
  url: string
  publishableKey: string
  secretKey: string
  /** Seconds in which reuse of any used refresh token is forgiven. */
  reuseInterval: number
  /** SQL as the schema's owner, for rows that no client may write. Null where nobody said how. */
  query: Query | null
  close(): Promise<void>
}

export type Query = <Row = Record<string, unknown>>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>

/** The embedded services over HTTP, and what stands behind them. */
export interface EmbeddedProject extends Project {
  database: Database
  keys: Keys
  directory: string
  query: Query
  /** As a host that ends and starts again, on the same port. */
  restartRealtime(): Promise<void>
}

type Options = Pick<AuthOptions, 'clock' | 'origins' | 'limits' | 'signUp'> &
  Pick<StorageOptions, 'maximumBytes'> & {
    realtime?: Partial<Pick<RealtimeOptions, 'limits' | 'onError' | 'clock'>>
    /** One that is there already, and stays. Default: one of its own. */
    database?: Database
    /** Where photos lie. Default: a directory of its own. */
    storage?: string
  }

/** A project on one of this machine's engines, or the one that the environment names. */
export type TestProject = TestEngine | 'the project of SUPABASE_URL'

/** What the black-box suite runs on: the embedded services, or with SUPABASE_URL in the environment that project alone. */
export async function testProjects(): Promise<TestProject[]> {
  return process.env['SUPABASE_URL'] ? ['the project of SUPABASE_URL'] : testEngines()
}

export async function openTestProject(which: TestProject): Promise<Project> {
  return which === 'the project of SUPABASE_URL' ? openNamedProject() : openProject(which)
}

/** Its schema must be Semblance's, and sign-ups must need no confirmation. What the tests write stays there. */
function openNamedProject(): Project {
  const read = (...names: string[]) => {
    const value = names.map((name) => process.env[name]).find(Boolean)
    if (!value) throw new Error(`With SUPABASE_URL, ${names.join(' or ')} must be set, too.`)
    return value
  }
  const databaseUrl = process.env['SUPABASE_DB_URL']
  const pool = databaseUrl ? new pg.Pool({ connectionString: databaseUrl, max: 2 }) : null
  return {
    url: read('SUPABASE_URL').replace(/\/+$/, ''),
    publishableKey: read('SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_KEY'),
    secretKey: read('SUPABASE_SECRET_KEY'),
    reuseInterval: Number(process.env['SUPABASE_REUSE_INTERVAL'] ?? 10),
    query: pool && queryOf(pool),
    close: async () => pool?.end(),
  }
}

function queryOf(pool: pg.Pool): Query {
  return async <Row>(text: string, values: readonly unknown[] = []) => {
    const { rows } = await pool.query(text, [...values])
    return rows as Row[]
  }
}

const plenty = { burst: 10_000, windowSeconds: 1 }

/** Real: the HTTP server, the database with all migrations, the disk. Limits are wide, unless given. */
export async function openProject(engine: TestEngine, options: Options = {}): Promise<EmbeddedProject> {
  const directory = await mkdtemp(join(tmpdir(), 'semblance-project-'))
  const keys = await loadKeys(directory)
  const { database, close } = options.database
    ? { database: options.database, close: () => Promise.resolve() }
    : await createTestDatabase(engine)
  const app = new Hono()
  const server = await new Promise<ServerType>((resolve) => {
    const opened = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(opened))
  })
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const limits = {
    signInPerAddress: plenty,
    signInPerEmail: plenty,
    signUpPerAddress: plenty,
    refreshPerAddress: plenty,
    factorsPerAddress: plenty,
    factorsPerPerson: plenty,
    verifyPerPerson: plenty,
    ...options.limits,
  }
  // What a service calls a bug is one: the test that meets it shows it.
  const onError = (error: unknown) => process.stderr.write(`${inspect(error)}\n`)
  app.route('/auth/v1', createAuth({ ...options, database, keys, url, onError, limits }))
  app.route(
    '/storage/v1',
    createStorage({
      ...{ ...options, database, keys, url, onError },
      directory: options.storage ?? join(directory, 'storage'),
    }),
  )
  const openRealtime = () =>
    createRealtime({ origins: options.origins, onError, ...options.realtime, database, keys, url })
  let realtime: Realtime = openRealtime()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    realtime.handleUpgrade(request, socket, head),
  )
  return {
    url,
    publishableKey: keys.publishableKey,
    secretKey: keys.secretKey,
    reuseInterval: 0,
    database,
    keys,
    directory,
    query: (text, values) => database.asOwner((tx) => queryIn(tx, text, values)),
    async restartRealtime() {
      await realtime.close()
      realtime = openRealtime()
    },
    async close() {
      await realtime.close()
      await new Promise((resolve) => server.close(resolve))
      await close()
      await rm(directory, { recursive: true })
    },
  }
}
