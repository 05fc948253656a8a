import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { takeNotes } from './attempt'
import { heartbeat, type ClaimedJob } from '../queue/queue'
import type { Ends } from './ends'
import { restAfter } from './limits'
import type { JobOutcome } from './run-job'

interface Running {
  job: ClaimedJob
  abort: AbortController
  done: Promise<void>
}

/** The jobs that this worker has: some run, some wait for a place, some places rest. */
export interface RunningJobs {
  /** Jobs under way. */
  size: () => number
  /** Jobs that are claimed and wait for a place. */
  waiting: () => number
  /** Places that are taken, by a job or by rest. */
  taken: () => number
  add: (jobs: readonly ClaimedJob[]) => void
  /** Begins what waits, as far as so many places reach; what a worker was lost with runs alone. */
  fill: (places: number) => void
  /** Gives back what waits, as if it had not been claimed. */
  giveBack: () => Promise<void>
  /** Waits for all that run, and gives the others back; after `graceMs` those that run are asked to give up. */
  finish: (graceMs: number) => Promise<void>
}

interface Parts {
  database: Database
  log: Logger
  leaseSeconds: number
  ends: Ends
  cpuShare: () => number
  /** The worker's clock less the database's, in milliseconds. */
  offsetMs: () => number
  run: (job: ClaimedJob, signal: AbortSignal) => Promise<JobOutcome>
  /** Called after each job, when it no longer counts as running; null where it could not be brought to an end. */
  ended: (outcome: JobOutcome | null, job: ClaimedJob) => void
  /** Called when a place has rested. */
  rested: () => void
}

/** Jobs with the heartbeats that keep them this worker's own. */
export function createRunningJobs(parts: Parts): RunningJobs {
  const { database, log, leaseSeconds, ends, cpuShare, offsetMs, run, ended, rested } = parts
  const running = new Map<string, Running>()
  const resting = new Set<NodeJS.Timeout>()
  let waiting: ClaimedJob[] = []
  let beat: NodeJS.Timeout | null = null

  async function keep(): Promise<void> {
    const jobs = [...waiting, ...[...running.values()].map(({ job }) => job)]
    const held = await database.asService((tx) => heartbeat(tx, jobs, leaseSeconds))
    const lost = new Set(jobs.filter((job) => !held.has(job.id)))
    waiting = waiting.filter((job) => !lost.has(job))
    for (const { job, abort } of running.values()) {
      if (lost.has(job)) abort.abort(new Error('The job is no longer ours.'))
    }
  }

  function beatWhileNeeded(): void {
    const count = running.size + waiting.length
    if (count > 0 && !beat) {
      const period = (leaseSeconds * 1000) / 3
      beat = setInterval(
        () => keep().catch((error: unknown) => log.warn({ err: error }, 'Leases not renewed')),
        period,
      )
    } else if (count === 0 && beat) {
      clearInterval(beat)
      beat = null
    }
  }

  function rest(ms: number): void {
    if (ms < 1) return
    const timer = setTimeout(() => {
      resting.delete(timer)
      rested()
    }, ms)
    resting.add(timer)
  }

  async function follow(job: ClaimedJob, signal: AbortSignal): Promise<void> {
    const began = performance.now()
    // Where even that fails, the lease runs out and the job is taken over, here or elsewhere.
    const outcome = await run(job, signal).catch((error: unknown) => {
      log.error({ err: error, job: job.id }, 'A job could not be brought to an end')
      return null
    })
    running.delete(job.id)
    rest(restAfter(performance.now() - began, cpuShare()))
    beatWhileNeeded()
    ended(outcome, job)
  }

  function begin(claimed: ClaimedJob): void {
    const abort = new AbortController()
    const job = { ...claimed, notes: takeNotes(offsetMs) }
    // Entered before it runs, so that its end finds it there.
    const entry: Running = { job, abort, done: Promise.resolve() }
    running.set(job.id, entry)
    entry.done = follow(job, abort.signal)
  }

  /** Whether the next one may begin: who dies of one that runs alone has died of that one. */
  function hasPlace(next: ClaimedJob, places: number): boolean {
    const isBesideSuspect = [...running.values()].some(({ job }) => job.lostWorkers > 0)
    if (isBesideSuspect || (next.lostWorkers > 0 && running.size > 0)) return false
    return running.size + resting.size < places
  }

  async function giveBack(): Promise<void> {
    const jobs = waiting
    waiting = []
    beatWhileNeeded()
    const given = jobs.map((job) => ends.end({ as: 'released', job, delaySeconds: 0, record: null }))
    for (const result of await Promise.allSettled(given)) {
      if (result.status === 'rejected') log.warn({ err: result.reason as unknown }, 'A job is not given back')
    }
  }

  return {
    size: () => running.size,
    waiting: () => waiting.length,
    taken: () => running.size + resting.size,
    add(jobs) {
      // Where this machine slept past its leases, it may be given anew what it has.
      const fresh = jobs.filter(({ id, attempt }) => running.get(id)?.job.attempt !== attempt)
      waiting = [...waiting.filter(({ id }) => !fresh.some((job) => job.id === id)), ...fresh]
      beatWhileNeeded()
    },
    fill(places) {
      while (waiting.length > 0 && hasPlace(waiting[0], places)) begin(waiting.shift() as ClaimedJob)
    },
    giveBack,
    async finish(graceMs) {
      for (const timer of resting) clearTimeout(timer)
      resting.clear()
      const given = giveBack()
      const patience = setTimeout(() => {
        for (const { abort } of running.values()) abort.abort(new Error('The worker is being stopped.'))
      }, graceMs)
      await Promise.all([given, ...[...running.values()].map(({ done }) => done)])
      clearTimeout(patience)
    },
  }
}
