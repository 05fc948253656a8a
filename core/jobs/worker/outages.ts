import { isOutage } from '../../database/outage'
import { diskFull, isDiskFull } from '../../model/disk-full'
import { SemblanceError } from '../../model/errors'

/** How a job is treated that could not be tried. */
export interface Postponement {
  delaySeconds: number
  /** Others get through all the while, so that it is about this job: the attempt counts as failed. */
  counts: boolean
}

/** Keeps book of what jobs need and is away: Storage, the database, the models. */
export interface Outages {
  postpone(jobId: string, error: unknown): Postponement
  /** A job came to its end, well or not: what it needs is there. */
  passed(jobId: string): void
  /** Null while jobs get through. `dueInMs`: until one of them should try again. */
  current(): { since: Date; forMs: number; message: string; dueInMs: number } | null
  /** Somebody heard that what was away is back. */
  hurry(): void
  /** No job waits for it any more. */
  forget(): void
}

/** Seconds that a job is left alone; for one that alone meets it each time, twice as long as the time before. */
const postponedSeconds = 15
const longestSeconds = 300
/** So often others get through in between until it counts against the job. */
const patience = 4
/** Milliseconds until one job tries whether it is over; doubling. */
const firstPauseMs = 1000
const longestPauseMs = 120_000
/** After so long without hearing of it, nothing is known of an outage. */
const forgottenMs = 2 * longestPauseMs
const remembered = 1000

/** This machine's disk can't be written to, or it has no handles or memory left: no other job would fare better here. */
const machineCodes = new Set(['EROFS', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** What a job never had a chance for: it goes back to the queue as if it had not been tried. */
export function isNobodysFault(error: unknown): boolean {
  // The host's own key opens everything: where Storage refuses it, the key was replaced.
  return isPassing(error) || (error instanceof SemblanceError && error.code === 'FORBIDDEN')
}

/** What goes over without anything being changed but the machines themselves. */
export const isPassing = (error: unknown) => isDiskFull(error) || isMachinesFault(error) || isOutage(error)

/** The error where a photo lies on another machine; a job that meets it waits for that one. */
export const elsewhere = (cause: unknown) =>
  new SemblanceError(
    'UNAVAILABLE',
    'The photo lies in the data directory of another machine, so that only that one can analyse it. Machines that share a database need one Storage as well: connect them to a Supabase project.',
    { reason: photoElsewhere },
    { cause },
  )
const photoElsewhere = 'photo_elsewhere'

/** A large photo may find no room where small ones still do, and photos of two machines lie beside each other. */
const mayBeTheJobs = (error: unknown) =>
  !isDiskFull(error) && !(error instanceof SemblanceError && error.data?.['reason'] === photoElsewhere)

/** The `error_code` of a job that waits for it to pass. */
export const codeOf = (error: unknown) => (isDiskFull(error) ? diskFull : 'unavailable')

/** Milliseconds as Date.now gives them, but not set back or forth while this process lives. */
const steadyNow = () => performance.timeOrigin + performance.now()

/** @param random in [0, 1); of every pause, the upper half is left to it, so that hosts do not come back together */
export function createOutages(random: () => number, now: () => number = steadyNow): Outages {
  const spread = (full: number) => full / 2 + (full / 2) * random()
  const jobs = new Map<string, { alone: number; seen: number }>()
  let passes = 0
  let outage: { since: number; message: string; times: number; last: number; dueAt: number } | null = null

  function meet(error: unknown): void {
    const times = outage?.times ?? 0
    outage = {
      since: outage?.since ?? now(),
      message: messageOf(error),
      times: times + 1,
      last: now(),
      dueAt: now() + spread(Math.min(longestPauseMs, firstPauseMs * 2 ** times)),
    }
  }

  function remember(jobId: string, job: { alone: number; seen: number }): void {
    jobs.delete(jobId)
    jobs.set(jobId, job)
    for (const oldest of jobs.keys()) {
      if (jobs.size <= remembered) break
      jobs.delete(oldest)
    }
  }

  return {
    postpone(jobId, error) {
      meet(error)
      const before = jobs.get(jobId)
      const alone = (before?.alone ?? 0) + (before && passes > before.seen ? 1 : 0)
      const counts = alone >= patience && mayBeTheJobs(error)
      if (counts) jobs.delete(jobId)
      else remember(jobId, { alone, seen: passes })
      return { counts, delaySeconds: spread(Math.min(longestSeconds, postponedSeconds * 2 ** alone)) }
    },
    passed(jobId) {
      passes += 1
      jobs.delete(jobId)
      outage = null
    },
    current() {
      if (outage && now() - outage.last > forgottenMs) outage = null
      if (!outage) return null
      const { since, message, dueAt } = outage
      return { since: new Date(since), forMs: now() - since, message, dueInMs: Math.max(0, dueAt - now()) }
    },
    hurry() {
      if (outage) outage.dueAt = Math.min(outage.dueAt, now())
    },
    forget() {
      outage = null
    },
  }
}

function isMachinesFault(error: unknown): error is Error & { code: string } {
  return hasErrno(error) && machineCodes.has(error.code)
}

/** Of this machine's system; PostgreSQL's codes are others. */
function hasErrno(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))
}

/** For a person: what is away, and what comes of it. */
export function messageOf(error: unknown): string {
  const message =
    error instanceof SemblanceError
      ? error.message
      : isDiskFull(error)
        ? `The disk of ${hasErrno(error) ? 'this machine' : 'the database'} is full. Make room there; nothing is lost.`
        : isMachinesFault(error)
          ? `This machine can take no more (${error.code}): look at its disk, its memory and its open files.`
          : 'The database cannot be reached.'
  return /tried again/.test(message) ? message : `${message} It is tried again by itself.`
}
