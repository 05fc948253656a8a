import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createChanges } from '../database/changes'
import { connectDatabase, type Database } from '../database/connect'
import { migrate } from '../database/migrate'
import { createAuth } from '../embedded/auth'
import { openDataDirectory } from '../embedded/data-directory'
import { openEmbeddedDatabase } from '../embedded/database'
import { loadKeys } from '../embedded/keys'
import { createStorage } from '../embedded/storage'
import { starterManifest } from '../faces/manifest'
import { createWorker, type Worker } from '../jobs/worker'
import { createSampleLoader } from '../samples/loader'
import { createSupabase } from '../supabase/client'
import { createImages } from '../supabase/images'
import { createTokenVerifier } from '../supabase/sessions'
import { createUsers } from '../supabase/users'
import type { Config } from './config'
import { createApp, desktopOrigin, listen } from './http'
import { setUpPack } from './pack-setup'
import { appPaths, appVersion } from './paths'
import { createRpc, type HostContext, type Port } from './rpc'

export interface HostOptions {
  config: Config
  log: Logger
  /** Told what takes long, in a line for a person. */
  say: (line: string) => void
}

/** A running host. */
export interface Host {
  url: string
  supabaseUrl: string
  context: HostContext
  worker: Worker
  handlePort(port: Port): void
  /** Gives running jobs back, writes what is open, frees the data directory. */
  close(): Promise<void>
}

/** Brings everything up; what was opened is closed again where a later step fails. */
export async function startHost(options: HostOptions): Promise<Host> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => options.log.error({ err: error }, 'closing'))
    }
  }
  try {
    return await bringUp(options, closers, close)
  } catch (error) {
    await close()
    throw error
  }
}
