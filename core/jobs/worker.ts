import type { Logger } from 'pino'
import type { Changes } from '../database/changes'
import type { Database } from '../database/connect'
import type { FacePool } from '../faces/pool'
import { SemblanceError } from '../model/errors'
import type { PackStatus, WorkerStatus } from '../model/status'
import type { Images } from '../supabase/images'
import { nextPollMs, pollFastMs } from './backoff'
import type { JobKind } from './contract'
import { claim, expireLeases, openJobs, type ClaimedJob } from './queue'
import { createOutages, type Outages } from './outages'
import { runJob, type JobOutcome } from './run-job'
import { createRunningJobs } from './running-jobs'
import { createWakeUp } from './wake-up'

export interface WorkerParts {
  database: Database
  changes: Changes
  images: Images
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  packStatus: () => PackStatus
  log: Logger
  /**
   * Unique among all workers that share the database, and the same after a restart: then jobs that were running when
   * the process was killed resume at once instead of after their lease.
   */
  workerId: string
  /** Jobs at a time. */
  concurrency: number
  /** A job whose worker has not been heard of for so long is taken over. Default 60. */
  leaseSeconds?: number
  /** Chance in retry delays, in [0, 1). Default Math.random. */
  random?: () => number
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
  status: () => WorkerStatus
  /** Gives a function that ends the subscription. */
  onStatus: (listener: (status: WorkerStatus) => void) => () => void
}

const packPollMs = 250
const outageCapMs = 15_000
/** How long the worker looks away while something is away, unless it is woken. */
const awayPollMs = 50
const longestAwayMs = 1000

/** The worker of this host: claims jobs of both queues, analyses and searches, until it is stopped. */
export function createWorker(parts: WorkerParts): Worker {
  const { changes, concurrency, leaseSeconds = 60, random = Math.random } = parts
  const outages = createOutages(random)
  const report = createReport(parts.workerId)
  const wakeUp = createWakeUp()
  const running = createRunningJobs({
    ...parts,
    leaseSeconds,
    run: (job, signal) => runJob(job, { ...parts, outages, leaseSeconds, signal }),
    ended(outcome) {
      report.count(outcome, running.size())
      wakeUp.wake()
    },
  })
  const claimNext = createClaims({ ...parts, leaseSeconds })
  let stopping = false
  let loop: Promise<void> | null = null
  let unsubscribe: () => void = () => undefined

  const isQueueEmpty = () =>
    parts.database.asService(openJobs).then(
      (open) => open === 0,
      () => false,
    )

  async function work(): Promise<void> {
    let pauseMs = pollFastMs
    let failures = 0
    while (!stopping) {
      const pack = parts.packStatus()
      const away = outages.current()
      // While something is away, one job at a time tries whether it is back.
      const free = away ? Math.max(0, 1 - running.size()) : concurrency - running.size()
      if (pack.state !== 'ready') {
        report.become('waiting', running.size(), pack.message || 'The models are not set up yet.')
        await wakeUp.wait(packPollMs)
        continue
      }
      if (away) report.become('waiting', running.size(), away.message)
      if (away && (free === 0 || away.dueInMs > 0)) {
        await wakeUp.wait(Math.max(awayPollMs, Math.min(away.dueInMs, longestAwayMs)))
        continue
      }
      const claimed = free > 0 ? await claimNext(free) : []
      if (claimed === 'outage') {
        report.become(
          'waiting',
          running.size(),
          'The database cannot be reached; it is tried again by itself.',
        )
        await wakeUp.wait(Math.min(outageCapMs, 250 * 2 ** failures++) * (0.5 + random() / 2))
        continue
      }
      failures = 0
      for (const job of claimed) running.begin(job)
      if (away && claimed.length === 0 && running.size() === 0 && (await isQueueEmpty())) {
        // Another worker has done what waited: there is nothing left to wait for.
        outages.forget()
        continue
      }
      if (!away) report.become(running.size() > 0 ? 'busy' : 'idle', running.size())
      pauseMs = claimed.length > 0 ? pollFastMs : nextPollMs(pauseMs)
      if (await wakeUp.wait(running.size() < concurrency ? pauseMs : leaseSeconds * 1000))
        pauseMs = pollFastMs
    }
  }

  return {
    status: report.status,
    onStatus: report.subscribe,
    start() {
      if (loop) return
      stopping = false
      report.become('starting', 0)
      const forget = changes.subscribe(['servers', 'database'], () => outages.hurry())
      const ignore = changes.subscribe(['match_jobs', 'celebrity_jobs'], wakeUp.wake)
      unsubscribe = () => {
        forget()
        ignore()
      }
      loop = work()
    },
    drain: ({ patienceMs = 600_000 } = {}) =>
      drain(parts, { outages, patienceMs, isStopped: () => stopping }),
    async stop({ graceMs = 30_000 } = {}) {
      stopping = true
      unsubscribe()
      wakeUp.wake()
      await loop
      await running.finish(graceMs)
      loop = null
      report.become('stopped', 0)
    },
  }
}

/** Takes jobs of both queues in turn, so that neither starves. The first time, what an earlier life left is freed. */
function createClaims({ database, log, workerId, leaseSeconds }: WorkerParts & { leaseSeconds: number }) {
  let order: JobKind[] = ['face', 'celebrity']
  let isFirst = true
  return async (limit: number): Promise<ClaimedJob[] | 'outage'> => {
    try {
      const jobs = await database.asService(async (tx) => {
        if (isFirst) await expireLeases(tx, workerId)
        const taken: ClaimedJob[] = []
        for (const kind of order) {
          const free = limit - taken.length
          if (free > 0) taken.push(...(await claim(tx, { kind, workerId, limit: free, leaseSeconds })))
        }
        return taken
      })
      isFirst = false
      order = order.toReversed()
      return jobs
    } catch (error) {
      log.warn({ err: error }, 'The queue could not be read')
      return 'outage'
    }
  }
}

interface DrainOptions {
  outages: Outages
  patienceMs: number
  isStopped: () => boolean
}

async function drain(
  { database, packStatus, log }: WorkerParts,
  { outages, patienceMs, isStopped }: DrainOptions,
): Promise<void> {
  let unreadableSince: number | null = null
  for (let pauseMs = pollFastMs; !isStopped(); pauseMs = Math.min(1000, nextPollMs(pauseMs))) {
    const pack = packStatus()
    if (pack.state === 'failed') throw new SemblanceError('UNAVAILABLE', pack.message)
    const open = await database.asService(openJobs).catch((error: unknown) => {
      log.warn({ err: error }, 'The queue could not be read')
      return null
    })
    if (open === 0) return
    unreadableSince = open === null ? (unreadableSince ?? Date.now()) : null
    const away = outages.current()
    const since = unreadableSince ?? away?.since.getTime() ?? Date.now()
    if (Date.now() - since >= patienceMs) {
      const message = unreadableSince === null && away ? away.message : 'The database cannot be reached.'
      throw new SemblanceError(
        'UNAVAILABLE',
        `${message} No job got through for ${Math.round(patienceMs / 60_000)} min; what is left stays in the queue.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** What the worker says of itself, and to whom. */
function createReport(id: string) {
  const listeners = new Set<(status: WorkerStatus) => void>()
  const startedAt = new Date()
  let status: WorkerStatus = {
    ...{ id, state: 'stopped', message: null, running: 0, completed: 0, failed: 0 },
    started_at: startedAt,
  }
  const say = (change: Partial<WorkerStatus>) => {
    status = { ...status, ...change }
    for (const listener of listeners) listener(status)
  }
  return {
    status: () => status,
    become(state: WorkerStatus['state'], running: number, message: string | null = null) {
      if (state !== status.state || message !== status.message || running !== status.running) {
        say({ state, running, message })
      }
    },
    count(outcome: JobOutcome | null, running: number) {
      const { completed, failed } = status
      say({
        running,
        completed: completed + (outcome === 'completed' ? 1 : 0),
        failed: failed + (outcome === 'failed' ? 1 : 0),
      })
    },
    subscribe: (listener: (status: WorkerStatus) => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
