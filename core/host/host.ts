import type { Logger } from 'pino'
import { createChanges } from '../database/changes'
import type { Database } from '../database/connect'
import { openDataDirectory } from '../embedded/data-directory'
import { keepTrash } from '../celebrities/curation/trash-keeper'
import { keepRollups } from '../jobs/monitor/rollups'
import type { Worker } from '../jobs/worker'
import { createSwitchKeeper } from '../models/keeper'
import { createSampleLoader } from '../samples/loader'
import type { MachineWork } from '../model/machine-work'
import { watchBattery } from './work/battery'
import { type Closers, createClosers } from './lifecycle/closers'
import type { Config } from './config'
import { createConnector, type HostControl, noControl } from './connection/connector'
import { embeddedServices, sweepEmbeddedStorage } from './services/embedded-services'
import { createHealth } from './services/health'
import { createApp, listen } from './http/http'
import { prepareImports } from './imports/imports'
import { confirmedHere } from './connection/kept-connection'
import { serveMetrics } from './http/metrics'
import { appPaths, appVersion } from './paths'
import { readyDatabase } from './database/ready-database'
import { createRpc, type HostContext, type Port } from './http/rpc'
import type { Services } from './services/services'
import { createStagedImages, stagedImagesPath } from './imports/staged-images'
import { checkProject, sharedServices } from './services/shared-services'
import { prepareWork } from './work/work'

export interface HostOptions {
  config: Config
  log: Logger
  /** Told what takes long, in a line for a person. */
  say: (line: string) => void
  /** What lets the Connections page change the connection. Default: nothing is encrypted, nobody restarts. */
  control?: HostControl
  /** What the command line says of the worker, for this run alone. */
  work?: Partial<MachineWork>
  /** Tells whether this machine runs on battery, now and whenever that changes. Default: as the system says. */
  watchBattery?: (tell: (isOnBattery: boolean) => void) => () => void
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
  /** Gives running jobs back, writes what is open, frees the data directory: a few seconds a part, whatever is away. */
  close(): Promise<void>
}

/** Milliseconds that jobs have to end where all is up; what is not done by then goes back to the queue. */
const jobsGraceMs = 5_000

/**
 * Brings everything up: data directory, database, services of its own or a project's, models (in the background), worker.
 * What was opened is closed again where a later step fails.
 * @throws SemblanceError with what to do: directory held or read-only, port taken, database away or behind, keys that
 * the project does not know.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const closers = createClosers(options.log)
  try {
    return { ...(await bringUp(options, closers)), close: () => closers.closeAll() }
  } catch (error) {
    await closers.closeAll()
    throw error
  }
}

async function bringUp(options: HostOptions, closers: Closers): Promise<Omit<Host, 'close'>> {
  const { config, log, say, control = noControl } = options
  const home = await openDataDirectory(config.home)
  // What writes to this disk is never left half closed; what is elsewhere may be away for hours.
  const patiently = { limitMs: Infinity }
  closers.add('data directory', () => home.release(), patiently)
  const server = await listen(config.port)
  closers.add('port', () => server.close())
  await home.setUrl(server.url)
  const { url } = server

  const database = await readyDatabase({ config, log, say }, (open) =>
    closers.add('database', () => open.close(), open.engine === 'pglite' ? patiently : {}),
  )
  const services = await openServices({ config, database, url, log, say })
  closers.add('services', () => services.close())
  const changes = createChanges(database, services.hints ? { hints: services.hints } : {})
  closers.add('changes', () => changes.close())
  const onChange = () => {
    log.info({ servers: health.states() }, 'a server went or came back')
    changes.announce('servers')
  }
  const health = createHealth({ database, services, supabase: config.supabase, onChange })
  closers.add('health', () => health.close())

  const { pack, models, worker, machine } = prepareWork({
    ...{ config, log, say, database, changes, services },
    given: options.work,
  })
  closers.add('battery', (options.watchBattery ?? watchBattery)(machine.setOnBattery))
  closers.add('models', () => pack.close())
  closers.add('installs', () => models.close())
  const imports = prepareImports({
    ...{ home: config.home, log, changes, database, faces: pack.pool, images: services.images },
  })
  closers.add('imports', () => imports.close(), patiently)
  const stagedImages = createStagedImages({ url, staging: imports.staging, log })
  const keeper = createSwitchKeeper({ database, changes, log })
  closers.add('switch of models', () => keeper.close(), database.engine === 'pglite' ? patiently : {})
  closers.add('rollups of jobs', keepRollups({ database, log }))
  if (config.metricsPort !== null) {
    const metrics = await serveMetrics(database, config.metricsPort)
    closers.add('metrics', () => metrics.close())
    say(`Figures for Prometheus at http://127.0.0.1:${metrics.port}/metrics.`)
  }
  // Where something is away, jobs that need it would not end in time either.
  const isAway = () => health.states().some(({ state }) => state === 'away')
  closers.add('worker', () => worker.stop({ graceMs: isAway() ? 0 : jobsGraceMs }), {
    limitMs: jobsGraceMs + 2_000,
  })
  const { images, imagesAs, users, mode, supabase, verify } = services
  const confirmed = await confirmedHere(config, log)
  const samples = createSampleLoader({ database, images, users, log })
  closers.add('samples', () => samples.close())

  const context: HostContext = {
    version: appVersion(appPaths()),
    ...{ mode, supabase, verify, confirmed, database, changes, images, imagesAs, users, samples, log },
    pack: pack.status,
    worker: worker.status,
    faces: pack.pool,
    ...{ models, machine, imports, stagedImages },
    health: () => health.states(),
    authAway: () => health.authAway(),
    connector: createConnector({
      ...{ config, ...control },
      running: { database, supabaseUrl: supabase.url, mode, servers: () => health.states(), changes },
    }),
  }
  const rpc = createRpc(context)
  const pages = appPaths().renderer
  const routes = { ...services.routes, [stagedImagesPath]: stagedImages.routes }
  const app = createApp({ url, supabaseUrl: supabase.url, rpc, services: routes, pages })
  server.mount(app, services.upgrade ?? undefined)
  // Only now do the services answer that the worker fetches photos from.
  worker.start()
  // Where this host has no right of its own to photos, another one empties the trash.
  if (services.worklessBecause === null)
    closers.add('trash of the gallery', keepTrash({ database, images, log }))
  imports.start()
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
