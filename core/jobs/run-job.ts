import type { Logger } from 'pino'
import { isOutage } from '../database/outage'
import { SemblanceError } from '../model/errors'
import { analyzeCelebrity } from './analyze-celebrity'
import { analyzeFace } from './analyze-face'
import type { Attempt, JobParts } from './analyze-photo'
import { retryDelaySeconds } from './backoff'
import { fail, release, type ClaimedJob, type Failure } from './queue'

/** `retrying`: failed, and queued for another attempt. `released`: given back as if it had not been tried. */
export type JobOutcome = Attempt | 'retrying' | 'released'

export interface RunParts extends JobParts {
  log: Logger
  random?: () => number
  /** So long an outage is waited out before the job is left to whoever takes over its lease. */
  leaseSeconds: number
}

/** Seconds until a job is tried again that never had a chance: the database, Storage or the models were away. */
const unavailableDelaySeconds = 15
const longestMessage = 500

/** Runs one claimed job to the end of its attempt, whatever happens in it. */
export async function runJob(job: ClaimedJob, parts: RunParts): Promise<JobOutcome> {
  try {
    return await (job.kind === 'face' ? analyzeFace(job, parts) : analyzeCelebrity(job, parts))
  } catch (error) {
    return waitOut(parts, () => settle(job, parts, error))
  }
}

async function settle(job: ClaimedJob, parts: RunParts, error: unknown): Promise<JobOutcome> {
  const { database, log, random = Math.random } = parts
  if (parts.signal.aborted) return (await database.asService((tx) => release(tx, job))) ? 'released' : 'lost'
  if (isOutage(error)) {
    log.warn({ err: error, job: job.id }, 'A job is put off')
    const released = await database.asService((tx) => release(tx, job, unavailableDelaySeconds))
    return released ? 'released' : 'lost'
  }
  const failure = failureOf(error, retryDelaySeconds(job.attempt, random))
  const status = await database.asService((tx) => fail(tx, job, failure))
  if (status === null) return 'lost'
  log[failure.code === 'internal' ? 'error' : 'info'](
    { err: error, job: job.id, kind: job.kind, subject: job.subjectId, code: failure.code, status },
    'A job failed',
  )
  return status === 'failed' ? 'failed' : 'retrying'
}

/** What the job's row says of an error. */
export function failureOf(error: unknown, delaySeconds: number): Failure {
  if (error instanceof SemblanceError && error.code === 'IMAGE_REJECTED') {
    return { code: String(error.data?.reason), message: error.message, permanent: true, delaySeconds: 0 }
  }
  if (error instanceof SemblanceError && error.code === 'NOT_FOUND') {
    const message = 'The photo is not in Storage. Upload it again.'
    return { code: 'image_missing', message, permanent: false, delaySeconds }
  }
  if (error instanceof SemblanceError) {
    return { code: error.code.toLowerCase(), message: error.message, permanent: false, delaySeconds }
  }
  const text = error instanceof Error ? error.message : String(error)
  const message = `The analysis broke off: ${text}`.slice(0, longestMessage)
  return { code: 'internal', message, permanent: false, delaySeconds }
}

/** Repeats what met an outage, for as long as the lease can be relied on. */
async function waitOut<T>({ leaseSeconds, signal }: RunParts, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + leaseSeconds * 1000
  for (let pauseMs = 100; ; pauseMs = Math.min(5000, pauseMs * 2)) {
    try {
      return await work()
    } catch (error) {
      if (!isOutage(error) || signal.aborted || Date.now() + pauseMs > until) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}
