import type { Database } from '../../core/database/connect'
import { claim, type ClaimedJob, endAndClaim } from '../../core/jobs/queue/queue'

interface Options {
  workerId: string
  /** Jobs per claim. */
  batch: number
  /** Batches under way at a time. */
  lanes: number
}

/** What the worker's own parts say of an attempt that took a moment. */
const record = {
  pack: 'invented',
  elapsedMs: 12,
  stages: { fetch: 1, decode: 2, detect: 3, align: 0.5, embed: 4, attributes: 1, search: 0.5, write: 0.5 },
  log: [],
}

/**
 * Claims jobs of photos and completes them, with the line of their attempt. What ends a batch claims the next one, in
 * one call and one transaction, so that ten jobs cost one durable commit.
 */
export async function workThrough(
  database: Database,
  { workerId, batch, lanes }: Options,
): Promise<{ done: number; ms: number }> {
  const began = performance.now()
  let done = 0
  async function lane(isFirst: boolean): Promise<void> {
    let held: ClaimedJob[] = []
    for (;;) {
      const options = { kind: 'face', workerId, limit: batch, leaseSeconds: 60 } as const
      const [ended, next] = await database.asService(async (tx) => {
        if (held.length === 0) return [0, await claim(tx, { ...options, lost: isFirst })]
        const ends = held.map((job) => ({ as: 'completed' as const, job, record }))
        const { ended: became, claimed } = await endAndClaim(tx, ends, options)
        return [became.size, claimed]
      })
      if (ended !== held.length) throw new Error('A job was taken away.')
      done += ended
      held = next
      if (held.length === 0) return
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index === 0)))
  return { done, ms: performance.now() - began }
}
