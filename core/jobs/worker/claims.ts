import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import type { JobKind } from '../contract'
import { messageOf } from './outages'
import { claim, expireLeases, type ClaimedJob } from '../queue/queue'

interface ClaimParts {
  database: Database
  log: Logger
  workerId: () => string
  leaseSeconds: number
  /** Spaces besides the active one that this machine has models for. */
  spaces: () => readonly string[]
  foreignStaleMinutes: () => number | null
  quarantineAfter: number
}

/** The queue can't be read or written. */
export interface Away {
  /** Why, for a person. */
  away: string
}

/** Jobs whose worker was lost are looked for this often, in milliseconds, not with every claim. */
const lostEveryMs = 1000

/**
 * Takes jobs of new photos in turn, so that neither queue starves; photos of a switch when there are none. The first
 * time, what an earlier life left is freed.
 */
export function createClaims(parts: ClaimParts): (limit: number) => Promise<ClaimedJob[] | Away> {
  const { database, log, leaseSeconds, quarantineAfter } = parts
  let order: JobKind[] = ['face', 'celebrity']
  let isFirst = true
  let lookedAt = -Infinity
  return async (limit) => {
    const lost = performance.now() - lookedAt >= lostEveryMs
    const [spaces, foreignStaleMinutes] = [parts.spaces(), parts.foreignStaleMinutes()]
    const workerId = parts.workerId()
    try {
      const jobs = await database.asService(async (tx) => {
        if (isFirst) await expireLeases(tx, workerId)
        const taken: ClaimedJob[] = []
        for (const kind of [...order, 'embedding'] satisfies JobKind[]) {
          const free = limit - taken.length
          const options = {
            kind,
            workerId,
            limit: free,
            leaseSeconds,
            ahead: true,
            lost,
            spaces,
            quarantineAfter,
          }
          if (free > 0) taken.push(...(await claim(tx, { ...options, foreignStaleMinutes })))
        }
        return taken
      })
      isFirst = false
      if (lost) lookedAt = performance.now()
      order = order.toReversed()
      return jobs
    } catch (error) {
      log.warn({ err: error }, 'The queue could not be read')
      // Others were cut off as well, and could not renew their leases: they are given time to.
      lookedAt = performance.now() + (leaseSeconds * 1000) / 2
      return { away: messageOf(error) }
    }
  }
}
