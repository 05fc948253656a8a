import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { SemblanceError } from '../../model/errors'
import type { PackStatus } from '../../model/status'
import { nextPollMs, pollFastMs } from '../queue/backoff'
import type { Outages } from './outages'
import { openJobs } from '../queue/queue'

interface DrainOptions {
  database: Database
  packStatus: () => PackStatus
  log: Logger
  /** Spaces besides the active one that this machine has models for. */
  spaces: () => readonly string[]
  outages: Outages
  patienceMs: number
  isStopped: () => boolean
}

/**
 * Resolves when no job is left, or the worker is stopped.
 * @throws SemblanceError UNAVAILABLE where it would wait for ever
 */
export async function drainQueue(options: DrainOptions): Promise<void> {
  const { database, packStatus, log, spaces, outages, patienceMs, isStopped } = options
  let unreadableSince: number | null = null
  for (let pauseMs = pollFastMs; !isStopped(); pauseMs = Math.min(1000, nextPollMs(pauseMs))) {
    const pack = packStatus()
    if (pack.state === 'failed') throw new SemblanceError('UNAVAILABLE', pack.message)
    const open = await database
      .asService((tx) => openJobs(tx, spaces()))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'The queue could not be read')
        return null
      })
    if (open === 0) return
    unreadableSince = open === null ? (unreadableSince ?? performance.now()) : null
    const away = outages.current()
    const awayMs = unreadableSince === null ? (away?.forMs ?? 0) : performance.now() - unreadableSince
    if (awayMs >= patienceMs) {
      const message = unreadableSince === null && away ? away.message : 'The database cannot be reached.'
      throw new SemblanceError(
        'UNAVAILABLE',
        `${message} No job got through for ${Math.round(patienceMs / 60_000)} min; what is left stays in the queue.`,
      )
    }
    await sleep(pauseMs)
  }
}
