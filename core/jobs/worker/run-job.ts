import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import { pause } from '../../database/pause'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { analyzeCelebrity } from '../analysis/analyze-celebrity'
import { analyzeFace } from '../analysis/analyze-face'
import type { Attempt, JobParts } from '../analysis/analyze-photo'
import { retryDelaySeconds } from '../queue/backoff'
import { saveCheckpoint } from '../analysis/checkpoints'
import type { JobKind } from '../contract'
import type { Ends } from './ends'
import { placeMissing } from './elsewhere'
import { codeOf, isNobodysFault, isPassing, messageOf, type Outages } from './outages'
import { reembed, type StagingSpaces } from '../analysis/reembed'
import { type ClaimedJob, type Failure, noteCancelled } from '../queue/queue'

/**
 * `retrying`: failed, and queued for another attempt. `released`: given back as if it had not been tried; `postponed`
 * so because something that jobs need is away.
 */
export type JobOutcome = Attempt | 'retrying' | 'released' | 'postponed'

export interface RunParts extends JobParts {
  staging: StagingSpaces
  log: Logger
  random?: () => number
  outages: Outages
  ends: Ends
}

const runners: Record<JobKind, (job: ClaimedJob, parts: RunParts) => Promise<Attempt>> = {
  face: analyzeFace,
  celebrity: analyzeCelebrity,
  embedding: reembed,
}

const longestMessage = 500

/** Runs one claimed job to the end of its attempt, whatever happens in it. */
export async function runJob(job: ClaimedJob, parts: RunParts): Promise<JobOutcome> {
  try {
    const attempt = await runners[job.kind](job, parts)
    if (attempt === 'lost') await noteLost(job, parts)
    else parts.outages.passed(job.id)
    return attempt
  } catch (error) {
    const cause = await waitOut(parts, () => placeMissing(error, job, parts.database))
    const settle = settlement(job, parts, cause)
    const outcome = await waitOut(parts, settle)
    if (outcome === 'lost') await noteLost(job, parts)
    return outcome
  }
}

/** A job that was called off while it ran has its line, too. Nothing hangs on it. */
async function noteLost(job: ClaimedJob, { database, log }: RunParts): Promise<void> {
  await database
    .asService((tx) => noteCancelled(tx, job))
    .catch((error: unknown) => log.warn({ err: error, job: job.id }, 'A cancelled attempt is not noted'))
}

/** How an attempt that broke off ends: decided once, however often the database has to be asked to write it down. */
function settlement(job: ClaimedJob, parts: RunParts, error: unknown): () => Promise<JobOutcome> {
  const { log, outages, random = Math.random, signal } = parts
  const keep = keepProgress(job, parts)
  const giveBack = async (as: 'released' | 'postponed', delaySeconds: number): Promise<JobOutcome> => {
    const reason = as === 'postponed' ? messageOf(error) : 'The worker was stopped.'
    const code = as === 'postponed' ? codeOf(error) : undefined
    return (await parts.ends.end({ as, job, delaySeconds, code, reason }, keep)) ? as : 'lost'
  }
  if (signal.aborted) return () => giveBack('released', 0)
  job.notes?.say('error', error instanceof Error ? error.message : String(error))
  if (!isNobodysFault(error)) {
    outages.passed(job.id)
    return () => settleFailed(job, parts, error, retryDelaySeconds(job.attempt, random))
  }
  const { counts, delaySeconds } = outages.postpone(job.id, error)
  if (counts) return () => settleFailed(job, parts, error, delaySeconds)
  log.warn({ err: error, job: job.id }, 'A job is put off')
  return () => giveBack('postponed', delaySeconds)
}

/** Keeps for the next attempt what this one found out, unless it is kept already. */
function keepProgress(job: ClaimedJob, { progress }: RunParts): (tx: Transaction<Tables>) => Promise<void> {
  const { photo, hasCheckpoint } = progress
  if (!photo || (hasCheckpoint && photo.isKept)) return () => Promise.resolve()
  return (tx) => saveCheckpoint(tx, job, photo.imagePath, photo.analyzed)
}

async function settleFailed(
  job: ClaimedJob,
  parts: RunParts,
  error: unknown,
  delaySeconds: number,
): Promise<JobOutcome> {
  const failure = failureOf(error, delaySeconds)
  const status = await parts.ends.end({ as: 'failed', job, failure }, keepProgress(job, parts))
  if (status === undefined) return 'lost'
  parts.log[failure.code === 'internal' ? 'error' : 'info'](
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

/** Repeats what met an outage until it is over, or the worker stops: whoever took the job over meanwhile keeps it. */
async function waitOut<T>({ signal }: RunParts, work: () => Promise<T>): Promise<T> {
  for (let pauseMs = 100; ; pauseMs = Math.min(5000, pauseMs * 2)) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error
      await pause(pauseMs, signal)
    }
  }
}
