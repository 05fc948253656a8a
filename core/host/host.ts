import type { Logger } from 'pino'
import { createChanges } from '../database/changes'
import type { Database } from '../database/connect'
import { openDataDirectory } from '../embedded/data-directory'
import type { Worker } from '../jobs/worker'
import { createSampleLoader } from '../samples/loader'
import type { Config } from './config'
import { createConnector, type HostControl, noControl } from './connector'
import { embeddedServices, sweepEmbeddedStorage } from './embedded-services'
import { createHealth } from './health'
import { createApp, listen } from './http'
import { appPaths, appVersion } from './paths'
import { readyDatabase } from './ready-database'
import { createRpc, type HostContext, type Port } from './rpc'
import type { Services } from './services'
import { checkProject, sharedServices } from './shared-services'
import { prepareWork } from './work'

export interface HostOptions {
  config: Config
  log: Logger
  /** Told what takes long, in a line for a person. */
  say: (line: string) => void
  /** What lets the Connections page change the connection. Default: nothing is encrypted, nobody restarts. */
  control?: HostControl
}

/** A running host. */
export interface Host {
  /** Where this host answers: pages, calls, embedded services. */
  url: string
  /** Where people sign in and photos lie: this host, or the Supabase project. */
  supabaseUrl: string
  context: HostContext
  worker: Worker
  /** Answers the calls of a window of this machine. */
  handlePort(port: Port): void
  /** Gives running jobs back, writes what is open, frees the data directory. */
  close(): Promise<void>
}

/** What has been opened, so that it can be closed the other way round. */
type Closers = (() => unknown)[]

/**
 * Brings everything up: data directory, database, services of its own or a project's, models (in the background), worker.
 * What was opened is closed again where a later step fails.
 * @throws SemblanceError with what to do: directory held or read-only, port taken, database away or behind, keys that
 * the project does not know.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const closers: Closers = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await Promise.resolve(closer()).catch((error: unknown) => options.log.error({ err: error }, 'closing'))
    }
  }
  try {
    return { ...(await bringUp(options, closers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function bringUp(options: HostOptions, closers: Closers): Promise<Omit<Host, 'close'>> {
  const { config, log, say, control = noControl } = options
  const home = await openDataDirectory(config.home)
  closers.push(() => home.release())
  const server = await listen(config.port)
  closers.push(() => server.close())
  await home.setUrl(server.url)
  const { url } = server

  const database = await readyDatabase({ config, log, say }, (open) => closers.push(() => open.close()))
  const services = await openServices({ config, database, url, log, say })
  closers.push(() => services.close())
  const changes = createChanges(database, services.hints ? { hints: services.hints } : {})
  closers.push(() => changes.close())
  const onChange = () => {
    log.info({ servers: health.states() }, 'a server went or came back')
    changes.announce('servers')
  }
  const health = createHealth({ database, services, supabase: config.supabase, onChange })
  closers.push(() => health.close())

  const { pack, worker } = prepareWork({ config, log, say, database, changes, services })
  closers.push(() => pack.close())
  closers.push(() => worker.stop())
  const { images, imagesAs, users, mode, supabase, verify } = services
  const samples = createSampleLoader({ database, images, users, log })
  closers.push(() => samples.close())

  const context: HostContext = {
    version: appVersion(appPaths()),
    ...{ mode, supabase, verify, database, changes, images, imagesAs, users, samples, log },
    pack: pack.status,
    worker: worker.status,
    faces: pack.pool,
    health: () => health.states(),
    connector: createConnector({
      ...{ config, ...control },
      running: { database, supabaseUrl: supabase.url, mode, servers: () => health.states(), changes },
    }),
  }
  const rpc = createRpc(context)
  const pages = appPaths().renderer
  const app = createApp({ url, supabaseUrl: supabase.url, rpc, services: services.routes, pages })
  server.mount(app, services.upgrade ?? undefined)
  // Only now do the services answer that the worker fetches photos from.
  worker.start()
  if (mode === 'embedded') sweepEmbeddedStorage({ config, database, log })
  return { url, supabaseUrl: supabase.url, context, worker, handlePort: rpc.handlePort }
}

type ServiceOptions = HostOptions & { database: Database; url: string }

/** Of the project that the configuration names, else of this host's own. */
async function openServices({ config, database, url, log, say }: ServiceOptions): Promise<Services> {
  if (!config.supabase) return embeddedServices({ config, database, url, log })
  const services = sharedServices(config.supabase, config)
  const finding = (await services.probe?.()) ?? { kind: 'ok' }
  const problem = await checkProject(finding, config.supabase, database)
  if (problem !== null) say(`${problem} It is tried again by itself.`)
  if (services.worklessBecause !== null) say(`No jobs are done here: ${services.worklessBecause}`)
  return services
}
