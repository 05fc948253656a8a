import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Changes } from '../database/changes'
import type { Database } from '../database/connect'
import type { FacePool } from '../faces/pool'
import type { PackStatus, WorkerStatus } from '../model/status'
import type { Images } from '../supabase/images'
import { nextPollMs, pollFastMs } from './backoff'
import { createClaims } from './claims'
import { drainQueue } from './drain'
import { createEnds } from './ends'
import type { WorkLimits } from './limits'
import { createOrders } from './orders'
import { createOutages } from './outages'
import { createPresence, type Machine } from './presence'
import { openJobs } from './queue'
import { noStagingSpaces, type StagingSpaces } from './reembed'
import { createReport } from './report'
import { runJob } from './run-job'
import { createRunningJobs } from './running-jobs'
import { createSpeed } from './speed'
import { createWakeUp } from './wake-up'

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
  /** Default: this process, of no version. */
  machine?: Machine
  /** Jobs at a time, where `limits` says nothing else. */
  concurrency: number
  /** How much of this machine may be used; asked anew whenever `changes` tells of `limits`. Default: all of it. */
  limits?: () => WorkLimits
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

const packPollMs = 250
const outageCapMs = 15_000
/** `model_switches`, since a switch that is resumed has jobs again. */
const queueTables = ['match_jobs', 'celebrity_jobs', 'embedding_jobs', 'model_switches']
/** How long the worker looks away while something is away, unless it is woken. */
const awayPollMs = 50
const longestAwayMs = 1000
/** How long it sleeps while it is told to do nothing, unless it is woken. */
const heldMs = 5000
/** What an order to stop leaves to what runs, in milliseconds. */
const orderedGraceMs = 5000

/** The worker of this host: claims jobs of all queues, analyses and searches, until it is stopped. */
export function createWorker(parts: WorkerParts): Worker {
  const { changes, database, leaseSeconds = 60, random = Math.random, staging = noStagingSpaces } = parts
  const limits = parts.limits ?? (() => ({ concurrency: parts.concurrency, cpuShare: 1, paused: null }))
  const outages = createOutages(random)
  const report = createReport(parts.workerId)
  const wakeUp = createWakeUp()
  const ends = createEnds(database)
  const orders = createOrders()
  const speed = createSpeed()
  const presence = createPresence({
    ...parts,
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
      holdBack()
      wakeUp.wake()
    },
  })
  const running = createRunningJobs({
    ...parts,
    ...{ leaseSeconds, ends, offsetMs: presence.offsetMs, rested: wakeUp.wake },
    cpuShare: () => limits().cpuShare,
    run(job, signal) {
      job.notes?.pack(parts.packStatus().name)
      const shared = { ...parts, staging, outages, ends, leaseSeconds, signal, progress: {} }
      return runJob(job, { ...shared, embeddingModel: () => parts.packStatus().embedding_model })
    },
    ended(outcome, job) {
      if (outcome === 'completed') speed.note(job.notes?.record().stages ?? {})
      report.count(outcome, running.size())
      running.fill(places())
      wakeUp.wake()
    },
  })
  const claimNext = createClaims({
    ...parts,
    ...{ leaseSeconds, quarantineAfter: parts.quarantineAfter ?? 2 },
    spaces: staging.names,
    foreignStaleMinutes: presence.foreignStaleMinutes,
  })
  let stopping = false
  let loop: Promise<void> | null = null
  let unsubscribe: () => void = () => undefined

  /** While something is away, one job at a time tries whether it is back. */
  function places(): number {
    if (stopping || held() !== null) return 0
    return outages.current() ? 1 : limits().concurrency
  }

  /** Why nothing new is begun, where somebody says so. */
  const held = () =>
    orders.held() ?? (limits().paused === null ? null : { state: 'paused' as const, reason: limits().paused })

  function holdBack(): void {
    const why = held()
    if (!why) return
    const isDone = why.state !== 'paused' && running.size() === 0
    report.become(
      isDone ? 'stopped' : why.state === 'stopped' ? 'draining' : why.state,
      running.size(),
      why.reason,
    )
    if (isDone) orders.obeyed()
  }

  const isQueueEmpty = () =>
    database
      .asService((tx) => openJobs(tx, staging.names()))
      .then(
        (open) => open === 0,
        () => false,
      )

  async function work(): Promise<void> {
    let pauseMs = pollFastMs
    let failures = 0
    while (!stopping) {
      const why = held()
      if (why) {
        if (why.state === 'stopped') await running.finish(orderedGraceMs)
        else await running.giveBack()
        holdBack()
        await wakeUp.wait(heldMs)
        continue
      }
      const pack = parts.packStatus()
      const away = outages.current()
      if (pack.state !== 'ready') {
        report.become('waiting', running.size(), pack.message || 'The models are not set up yet.')
        await wakeUp.wait(packPollMs)
        continue
      }
      if (away) {
        await running.giveBack()
        report.become('waiting', running.size(), away.message)
        if (running.size() > 0 || away.dueInMs > 0) {
          await wakeUp.wait(Math.max(awayPollMs, Math.min(away.dueInMs, longestAwayMs)))
          continue
        }
      }
      const wanted = away ? 1 : wantedNow()
      const claimed = wanted > 0 ? await claimNext(wanted) : []
      if (claimed === 'outage') {
        const message = 'The database cannot be reached; it is tried again by itself.'
        report.become('waiting', running.size(), message)
        await wakeUp.wait(Math.min(outageCapMs, 250 * 2 ** failures++) * (0.5 + random() / 2))
        continue
      }
      failures = 0
      running.add(claimed)
      running.fill(away ? 1 : places())
      if (away && claimed.length === 0 && (await isQueueEmpty())) {
        // Another worker has done what waited: there is nothing left to wait for.
        outages.forget()
        continue
      }
      if (!away) report.become(running.size() > 0 ? 'busy' : 'idle', running.size())
      pauseMs = claimed.length > 0 ? pollFastMs : nextPollMs(pauseMs)
      if (await wakeUp.wait(wantedNow() > 0 ? pauseMs : leaseSeconds * 1000)) pauseMs = pollFastMs
    }
  }

  /** As many as there are places are claimed ahead, and not one by one: a batch when half of them are begun. */
  function wantedNow(): number {
    const { concurrency } = limits()
    const free = concurrency - running.taken()
    return running.waiting() > concurrency / 2 && free <= 0 ? 0 : free + concurrency - running.waiting()
  }

  function listen(): () => void {
    const ends = [
      changes.subscribe(['servers', 'database'], () => outages.hurry()),
      changes.subscribe(queueTables, wakeUp.wake),
      changes.subscribe(['limits'], () => {
        presence.changed()
        wakeUp.wake()
      }),
      changes.subscribe(['workers'], presence.look),
      report.subscribe(presence.changed),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  return {
    status: report.status,
    onStatus: report.subscribe,
    dismissed: orders.dismissed,
    start() {
      if (loop) return
      stopping = false
      report.become('starting', 0)
      unsubscribe = listen()
      presence.start()
      loop = work()
    },
    drain: ({ patienceMs = 600_000 } = {}) =>
      drainQueue({ ...parts, outages, patienceMs, spaces: staging.names, isStopped: () => stopping }),
    async stop({ graceMs = 30_000 } = {}) {
      if (!loop) return
      stopping = true
      unsubscribe()
      wakeUp.wake()
      await loop
      await running.finish(graceMs)
      loop = null
      report.become('stopped', 0)
      await presence.stop()
    },
  }
}
