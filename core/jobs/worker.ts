import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Changes } from '../database/changes'
import type { Database } from '../database/connect'
import type { FacePool } from '../faces/pool/pool'
import type { PackStatus, WorkerStatus } from '../model/status'
import type { Images } from '../supabase/images'
import { createClaims } from './worker/claims'
import { drainQueue } from './worker/drain'
import { createEnds } from './worker/ends'
import type { WorkLimits } from './worker/limits'
import { createOrders, type KeptPause } from './worker/orders'
import { createOutages, type Outages } from './worker/outages'
import { createPresence, type Machine, type Presence } from './worker/presence'
import { openJobs } from './queue/queue'
import { noStagingSpaces, type StagingSpaces } from './analysis/reembed'
import { createReport, type Report } from './worker/report'
import { runJob } from './worker/run-job'
import { createRunningJobs } from './worker/running-jobs'
import { createSpeed } from './worker/speed'
import { createWakeUp, type WakeUp } from './worker/wake-up'
import { createLoop } from './worker/loop'

export interface WorkerParts {
  database: Database
  changes: Changes
  images: Images
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  packStatus: () => PackStatus
  /** Models of spaces besides the active one. Default: none, so that no photo of a switch is done here. */
  staging?: StagingSpaces
  log: Logger
  /**
   * Unique among all workers that share the database, and the same after a restart: then jobs that were running when
   * the process was killed resume at once instead of after their lease.
   */
  workerId: string
  /** Gives another id, where somebody else goes by the same. Default: that with something at its end. */
  takeNewId?: () => string
  /** Default: this process, of no version. */
  machine?: Machine
  /** Jobs at a time, where `limits` says nothing else. */
  concurrency: number
  /** How much of this machine may be used; asked anew whenever `changes` tells of `limits`. Default: all of it. */
  limits?: () => WorkLimits
  /** Where a pause that an operator asked for is kept. Default: nowhere. */
  pause?: KeptPause
  /** A job whose worker has not been heard of for so long is taken over. Default 60. */
  leaseSeconds?: number
  /** A job that so many workers were lost with is left alone until a person wants it. Default 2. */
  quarantineAfter?: number
  /** Chance in retry delays, in [0, 1). Default Math.random. */
  random?: () => number
  /** This machine's clock, in milliseconds; only ever compared with the database's. Default Date.now. */
  now?: () => number
}

export interface Worker {
  start: () => void
  /**
   * Resolves when no job is pending, due or not, and none is under way; or when the worker is stopped.
   * @throws SemblanceError UNAVAILABLE where it would wait for ever: the models can't be set up, or something that jobs
   * need has been away for `patienceMs` (default 10 min)
   */
  drain: (options?: { patienceMs?: number }) => Promise<void>
  /** Claims no more and waits for what runs; what is not done after `graceMs` (default 30 s) goes back to the queue. */
  stop: (options?: { graceMs?: number }) => Promise<void>
  /** Resolves once somebody has ordered it to stop, or to drain, and it has nothing under way any more. */
  dismissed: () => Promise<void>
  status: () => WorkerStatus
  /** Gives a function that ends the subscription. */
  onStatus: (listener: (status: WorkerStatus) => void) => () => void
}

/** `model_switches`, since a switch that is resumed has jobs again. */
const queueTables = ['match_jobs', 'celebrity_jobs', 'embedding_jobs', 'model_switches']
/** The worker of this host: claims jobs of all queues, analyses and searches, until it is stopped. */
export function createWorker(parts: WorkerParts): Worker {
  const { changes, database, leaseSeconds = 60, random = Math.random, staging = noStagingSpaces } = parts
  const limits = parts.limits ?? (() => ({ concurrency: parts.concurrency, cpuShare: 1, paused: null }))
  const outages = createOutages(random)
  let workerId = parts.workerId
  const report = createReport(() => workerId)
  const wakeUp = createWakeUp()
  const ends = createEnds(database)
  const orders = createOrders(parts.pause)
  const speed = createSpeed()
  const presence = createPresence({
    ...parts,
    workerId: () => workerId,
    isTaken() {
      const before = workerId
      workerId = parts.takeNewId?.() ?? `${parts.workerId}-${randomUUID().slice(0, 8)}`
      parts.log.warn(
        { before, workerId },
        'Another machine works under this name: its data directory was copied',
      )
    },
    machine: parts.machine ?? { host_name: hostname(), process_id: process.pid, version: '' },
    facts: () => ({
      pack: parts.packStatus().name,
      embedding_model: parts.packStatus().embedding_model,
      provider: parts.packStatus().provider,
      concurrency: limits().concurrency,
      photo_ms: speed.median(),
      memory_bytes: process.memoryUsage.rss(),
      state: report.status().state,
      state_reason: report.status().message,
    }),
    obey(instruction) {
      orders.hear(instruction)
      loop.holdBack()
      wakeUp.wake()
    },
  })
  const running = createRunningJobs({
    ...parts,
    ...{ leaseSeconds, ends, offsetMs: () => presence.offsetMs(), rested: wakeUp.wake },
    cpuShare: () => limits().cpuShare,
    run(job, signal) {
      job.notes?.pack(parts.packStatus().name)
      const shared = { ...parts, staging, outages, ends, signal, progress: {} }
      return runJob(job, { ...shared, embeddingModel: () => parts.packStatus().embedding_model })
    },
    ended(outcome, job) {
      if (outcome === 'completed') speed.note(job.notes?.record().stages ?? {})
      report.count(outcome, running.size())
      loop.fill()
      wakeUp.wake()
    },
  })
  const claimNext = createClaims({
    ...parts,
    workerId: () => workerId,
    ...{ leaseSeconds, quarantineAfter: parts.quarantineAfter ?? 2 },
    spaces: staging.names,
    foreignStaleMinutes: () => presence.foreignStaleMinutes(),
  })
  const isQueueEmpty = () =>
    database
      .asService((tx) => openJobs(tx, staging.names()))
      .then(
        (open) => open === 0,
        () => false,
      )
  const loop = createLoop({
    ...{ running, outages, orders, report, wakeUp, limits, claimNext, isQueueEmpty, leaseSeconds, random },
    packStatus: parts.packStatus,
  })
  let working: Promise<void> | null = null
  let unsubscribe: () => void = () => undefined

  return {
    status: report.status,
    onStatus: report.subscribe,
    dismissed: () => orders.dismissed(),
    start() {
      if (working) return
      report.become('starting', 0)
      unsubscribe = listen(changes, { outages, wakeUp, presence, report })
      presence.start()
      working = loop.run()
    },
    drain: ({ patienceMs = 600_000 } = {}) =>
      drainQueue({ ...parts, outages, patienceMs, spaces: staging.names, isStopped: loop.isStopped }),
    async stop({ graceMs = 30_000 } = {}) {
      if (!working) return
      unsubscribe()
      loop.stop()
      await working
      await running.finish(graceMs)
      working = null
      report.become('stopped', 0)
      await presence.stop()
    },
  }
}

interface Listeners {
  outages: Outages
  wakeUp: WakeUp
  presence: Presence
  report: Report
}

/** Wakes the worker's parts when something happened that they wait for. Gives a function that ends it. */
function listen(changes: Changes, { outages, wakeUp, presence, report }: Listeners): () => void {
  const ends = [
    changes.subscribe(['servers', 'database'], () => {
      outages.hurry()
      wakeUp.wake()
    }),
    changes.subscribe(queueTables, () => wakeUp.wake()),
    changes.subscribe(['limits'], () => {
      presence.changed()
      wakeUp.wake()
    }),
    changes.subscribe(['workers'], () => presence.look()),
    report.subscribe(() => presence.changed()),
  ]
  return () => {
    for (const end of ends) end()
  }
}
