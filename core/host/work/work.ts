import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Changes } from '../../database/changes'
import type { Database } from '../../database/connect'
import type { ProviderReport } from '../../faces/inference/providers'
import { createAbsentWorker } from '../../jobs/worker/absent-worker'
import { createWorker, type Worker } from '../../jobs/worker'
import type { Config } from '../config'
import type { MachineWork } from '../../model/machine-work'
import { keptModel } from '../connection/kept-connection'
import { createMachineLimits, type MachineLimits } from './machine-work'
import { createModelMachine } from './model-machine'
import { followModels, type ModelSpaces } from './model-spaces'
import { appPaths, appVersion } from '../paths'
import type { Services } from '../services/services'
import { sayProgress } from './starter-pack'

interface WorkParts {
  config: Config
  log: Logger
  say: (line: string) => void
  database: Database
  changes: Changes
  services: Services
  /** What the command line says of the worker, for this run alone. */
  given?: Partial<MachineWork> | undefined
}

/** The models and the worker that analyses with them; it is yet to be started. Stop the worker before the pack. */
export function prepareWork(parts: WorkParts): {
  pack: ModelSpaces
  models: ReturnType<typeof createModelMachine>
  worker: Worker
  machine: MachineLimits
} {
  const { config, log, say, database, changes, services } = parts
  const machine = createMachineLimits({
    ...{ home: config.home, threads: config.faceThreads },
    ...(parts.given ? { given: parts.given } : {}),
    onChange() {
      changes.announce('limits')
      changes.announce('worker')
    },
    onError: (error) =>
      log.warn({ err: error }, 'What the worker is to know at its next start could not be kept'),
  })
  const sayPack = sayProgress(say)
  const setup = {
    directory: config.packs,
    threads: config.faceThreads,
    provider: config.provider,
    workerEntry: appPaths().entries.faceWorker,
    log,
  }
  const reports = new Map<string, ProviderReport>()
  const pack = followModels({
    ...{ ...setup, database, changes },
    kept: keptModel(config.home),
    onReport: (name, report) => reports.set(name, report),
    onStatus: (status) => {
      changes.announce('pack')
      sayPack(status)
    },
  })
  const workerId = machine.workerId()
  const worker =
    services.worklessBecause === null
      ? createWorker({
          ...{ database, changes, log, workerId },
          images: services.images,
          faces: pack.pool,
          staging: pack.staging,
          packStatus: pack.status,
          limits: machine.limits,
          pause: machine.pause,
          takeNewId: machine.takeNewId,
          concurrency: config.faceThreads + 1,
          machine: { host_name: hostname(), process_id: process.pid, version: appVersion(appPaths()) },
        })
      : createAbsentWorker(workerId, services.worklessBecause)
  worker.onStatus(() => changes.announce('worker'))
  const models = createModelMachine({
    ...{ ...setup, reports, status: pack.status },
    stages: (model) => pack.staging.names().includes(model),
    onChange: () => changes.announce('pack'),
  })
  return { pack, models, worker, machine }
}
