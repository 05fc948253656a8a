import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { type Changes, createChanges } from '../database/changes'
import { connectDatabase, type Database } from '../database/connect'
import { migrate } from '../database/migrate'
import { createAuth } from '../embedded/auth'
import { openDataDirectory } from '../embedded/data-directory'
import { type Keys, loadKeys } from '../embedded/keys'
import { createStorage, sweepStorage } from '../embedded/storage'
import { starterManifest } from '../faces/manifest'
import { createWorker, type Worker } from '../jobs/worker'
import { createSampleLoader } from '../samples/loader'
import { createSupabase } from '../supabase/client'
import { createImages } from '../supabase/images'
import { createTokenVerifier } from '../supabase/sessions'
import { createUsers } from '../supabase/users'
import type { Config } from './config'
import { openSource } from './open-source'
import { createApp, desktopOrigin, listen } from './http'
import { setUpPack } from './pack-setup'
import { appPaths, appVersion } from './paths'
import { createRpc, type HostContext, type Port } from './rpc'
import { sayProgress } from './starter-pack'

export interface HostOptions {
  config: Config
  log: Logger
  /** Told what takes long, in a line for a person. */
  say: (line: string) => void
}

/** A running host. */
export interface Host {
  /** Where this host answers: pages, calls, embedded services. */
  url: string
  supabaseUrl: string
  context: HostContext
  worker: Worker
  /** Answers the calls of a window of this machine. */
  handlePort(port: Port): void
  /** Gives running jobs back, writes what is open, frees the data directory. */
  close(): Promise<void>
}

/** What has been opened, so that it can be closed the other way round. */
type Closers = (() => Promise<unknown>)[]

/**
 * Brings everything up on embedded defaults: data directory, database, services, models (in the background), worker.
 * What was opened is closed again where a later step fails.
 * @throws SemblanceError with what to do: directory held or read-only, port taken, database away.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const closers: Closers = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => options.log.error({ err: error }, 'closing'))
    }
  }
  try {
    return { ...(await bringUp(options, closers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function bringUp({ config, log, say }: HostOptions, closers: Closers): Promise<Omit<Host, 'close'>> {
  const home = await openDataDirectory(config.home)
  closers.push(() => home.release())
  const server = await listen(config.port)
  closers.push(() => server.close())
  await home.setUrl(server.url)
  const { url } = server

  const database = await openDatabase({ config, log, say }, closers)
  const changes = createChanges(database)
  closers.push(() => changes.close())

  const keys = await loadKeys(config.home)
  const services = createServices({ database, keys, url, config, log })
  const service = createSupabase({ url, key: keys.secretKey })
  const images = createImages(service, { signedUrlSeconds: config.signedUrlTtl })
  const users = createUsers(service)
  const { pack, worker } = startWork({ config, log, say, database, changes, images }, closers)
  const samples = createSampleLoader({ database, images, users, log })
  closers.push(() => samples.close())

  const context: HostContext = {
    version: appVersion(appPaths()),
    mode: 'embedded',
    supabase: { url, publishableKey: keys.publishableKey },
    verify: createTokenVerifier({ url, jwks: keys.jwks }),
    pack: pack.status,
    worker: worker.status,
    faces: pack.pool,
    ...{ database, changes, images, users, samples, log },
  }
  const rpc = createRpc(context)
  server.mount(createApp({ url, rpc, services, pages: appPaths().renderer }))
  // Only now do the services answer that the worker fetches photos from.
  worker.start()
  // What a kill left behind: files that no row tells of.
  void sweepStorage({ database, directory: storageDirectory(config) }).catch((error: unknown) =>
    log.warn({ err: error }, 'sweeping the storage'),
  )
  return { url, supabaseUrl: url, context, worker, handlePort: rpc.handlePort }
}

/** The configured database, up to date. */
async function openDatabase({ config, log, say }: HostOptions, closers: Closers): Promise<Database> {
  const source = await openSource(config, log)
  const database = await connectDatabase(source)
  closers.push(() => database.close())
  const { applied } = await migrate(source, {
    directory: appPaths().migrations,
    onProgress: ({ name, index, total }) => say(`Database: migration ${index + 1} of ${total}, ${name}`),
  })
  if (applied.length > 0) log.info({ applied }, 'the database was migrated')
  return database
}

interface ServiceParts {
  database: Database
  keys: Keys
  url: string
  config: Config
  log: Logger
}

/** Embedded Auth and Storage by the path they live under. */
function createServices({ database, keys, url, config, log }: ServiceParts): Record<string, Hono> {
  const shared = {
    ...{ database, keys, url },
    origins: [desktopOrigin, url],
    onError: (error: unknown) => log.error({ err: error }, 'an embedded service failed'),
  }
  return {
    '/auth/v1': createAuth(shared),
    '/storage/v1': createStorage({ ...shared, directory: storageDirectory(config) }),
  }
}

function storageDirectory(config: Config): string {
  return join(config.home, 'storage')
}

/**
 * The same at every start on this data directory, which one host holds at a time: so a host that was killed finds the
 * jobs that it had, and need not wait for their leases.
 */
function workerName(home: string): string {
  return `${hostname()}-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`
}

type WorkParts = HostOptions & Pick<HostContext, 'images'> & { database: Database; changes: Changes }

/** The models and the worker that analyses with them. */
function startWork({ config, log, say, database, changes, images }: WorkParts, closers: Closers) {
  const sayPack = sayProgress(say)
  const pack = setUpPack({
    manifest: starterManifest,
    directory: config.packs,
    threads: config.faceThreads,
    workerEntry: appPaths().entries.faceWorker,
    log,
    onStatus: (status) => {
      changes.announce('pack')
      sayPack(status)
    },
  })
  closers.push(() => pack.close())
  const worker = createWorker({
    ...{ database, changes, images, log },
    faces: pack.pool,
    packStatus: pack.status,
    workerId: workerName(config.home),
    // One more than there are threads, so that one photo is fetched while others are analysed.
    concurrency: config.faceThreads + 1,
  })
  worker.onStatus(() => changes.announce('worker'))
  closers.push(() => worker.stop())
  return { pack, worker }
}
