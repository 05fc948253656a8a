import type { Logger } from 'pino'
import type { Database } from '../database/connect'
import { heartbeat, type ClaimedJob } from './queue'
import type { JobOutcome } from './run-job'

interface Running {
  job: ClaimedJob
  abort: AbortController
  done: Promise<void>
}

export interface RunningJobs {
  size: () => number
  begin: (job: ClaimedJob) => void
  /** Waits for all of them; after `graceMs` they are asked to give up. */
  finish: (graceMs: number) => Promise<void>
}

interface Parts {
  database: Database
  log: Logger
  leaseSeconds: number
  run: (job: ClaimedJob, signal: AbortSignal) => Promise<JobOutcome>
  /** Called after each job, when it no longer counts as running; null where it could not be brought to an end. */
  ended: (outcome: JobOutcome | null) => void
}

/** The jobs that run in this worker, with the heartbeats that keep them its own. */
export function createRunningJobs({ database, log, leaseSeconds, run, ended }: Parts): RunningJobs {
  const running = new Map<string, Running>()
  let beat: NodeJS.Timeout | null = null

  async function keep(): Promise<void> {
    const jobs = [...running.values()].map(({ job }) => job)
    const held = await database.asService((tx) => heartbeat(tx, jobs, leaseSeconds))
    for (const job of jobs) {
      if (!held.has(job.id)) running.get(job.id)?.abort.abort(new Error('The job is no longer ours.'))
    }
  }

  function beatWhileRunning(): void {
    if (running.size > 0 && !beat) {
      const period = (leaseSeconds * 1000) / 3
      beat = setInterval(
        () => keep().catch((error: unknown) => log.warn({ err: error }, 'Leases not renewed')),
        period,
      )
    } else if (running.size === 0 && beat) {
      clearInterval(beat)
      beat = null
    }
  }

  async function follow(job: ClaimedJob, signal: AbortSignal): Promise<void> {
    // Where even that fails, the lease runs out and the job is taken over, here or elsewhere.
    const outcome = await run(job, signal).catch((error: unknown) => {
      log.error({ err: error, job: job.id }, 'A job could not be brought to an end')
      return null
    })
    running.delete(job.id)
    beatWhileRunning()
    ended(outcome)
  }

  return {
    size: () => running.size,
    begin(job) {
      const abort = new AbortController()
      // Entered before it runs, so that its end finds it there.
      const entry: Running = { job, abort, done: Promise.resolve() }
      running.set(job.id, entry)
      entry.done = follow(job, abort.signal)
      beatWhileRunning()
    },
    async finish(graceMs) {
      const patience = setTimeout(() => {
        for (const { abort } of running.values()) abort.abort(new Error('The worker is being stopped.'))
      }, graceMs)
      await Promise.all([...running.values()].map(({ done }) => done))
      clearTimeout(patience)
    },
  }
}
