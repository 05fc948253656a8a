import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEmptyDatabase } from '../../factories/database'
import { freshHome, type Home } from './directories'
import { type RunningHost, startHost } from './host'

/** A host with embedded services on a PostgreSQL of its own: to another host it is a Supabase project. */
export interface RunningProject {
  databaseUrl: string
  home: Home
  /** What makes another host work with it. */
  environment: (options?: { secretKey?: boolean }) => NodeJS.ProcessEnv
  host: () => RunningHost
  /** As a power cut does it. */
  kill: () => Promise<void>
  /** At the same address, with the same keys; nothing where it runs. */
  restart: () => Promise<void>
  close: () => Promise<void>
}

export async function startProject(): Promise<RunningProject> {
  const database = await createEmptyDatabase()
  const home = await freshHome()
  const own = { SEMBLANCE_DATABASE_URL: database.url }
  let host = await startHost(home, own)
  let isRunning = true
  const keys = JSON.parse(readFileSync(join(home.path, 'keys.json'), 'utf8')) as Record<
    'publishable_key' | 'secret_key',
    string
  >
  return {
    databaseUrl: database.url,
    home,
    environment: ({ secretKey = true } = {}) => ({
      SEMBLANCE_DATABASE_URL: database.url,
      SEMBLANCE_SUPABASE_URL: host.url,
      SEMBLANCE_SUPABASE_KEY: keys.publishable_key,
      ...(secretKey ? { SEMBLANCE_SUPABASE_SECRET_KEY: keys.secret_key } : {}),
    }),
    host: () => host,
    async kill() {
      isRunning = false
      await host.kill()
    },
    async restart() {
      if (!isRunning) host = await startHost(home, own)
      isRunning = true
    },
    async close() {
      await host.stop()
      home.remove()
      await database.drop()
    },
  }
}
