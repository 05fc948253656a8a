import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import type { Database } from '../../core/database/connect'
import { createAuth, type AuthOptions } from '../../core/embedded/auth'
import { loadKeys, type Keys } from '../../core/embedded/keys'
import { createStorage, type StorageOptions } from '../../core/embedded/storage'
import { createTestDatabase, type TestEngine } from '../factories/database'

/** A Supabase project as its clients see it. */
export interface Project {
  url: string
  publishableKey: string
  secretKey: string
  /** Seconds in which reuse of any used refresh token is forgiven. */
  reuseInterval: number
  close(): Promise<void>
}

/** The embedded services over HTTP, and what stands behind them. */
export interface EmbeddedProject extends Project {
  database: Database
  keys: Keys
  directory: string
}

type Options = Pick<AuthOptions, 'clock' | 'origins' | 'limits' | 'signUp'> &
  Pick<StorageOptions, 'maximumBytes'> & {
    /** One that is there already, and stays. Default: one of its own. */
    database?: Database
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
    verifyPerPerson: plenty,
    ...options.limits,
  }
  // What a service calls a bug is one: the test that meets it shows it.
  const onError = (error: unknown) => process.stderr.write(`${inspect(error)}\n`)
  app.route('/auth/v1', createAuth({ ...options, database, keys, url, onError, limits }))
  app.route(
    '/storage/v1',
    createStorage({ ...options, database, keys, url, onError, directory: join(directory, 'storage') }),
  )
  return {
    url,
    publishableKey: keys.publishableKey,
    secretKey: keys.secretKey,
    reuseInterval: 0,
    database,
    keys,
    directory,
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await close()
      await rm(directory, { recursive: true })
    },
  }
}
