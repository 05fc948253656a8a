import type { Transaction } from 'kysely'
import type { Database } from '../../database/connect'
import type { Tables } from '../../database/tables'
import type { JobStatus } from '../contract'
import { end, type End } from '../queue/queue'

/** Ends attempts that have nothing to write but their end; those that come together share a transaction. */
export interface Ends {
  /**
   * Gives what became of the job; undefined where it is no longer ours.
   * @param beside goes into the same transaction, where the job was ours
   */
  end(ending: End, beside?: (tx: Transaction<Tables>) => Promise<void>): Promise<JobStatus | undefined>
}

interface Waiting {
  ending: End
  beside: ((tx: Transaction<Tables>) => Promise<void>) | undefined
  resolve: (status: JobStatus | undefined) => void
  reject: (error: unknown) => void
}

/** So many ends go into one transaction at most. */
const batchSize = 50

export function createEnds(database: Database): Ends {
  const waiting: Waiting[] = []
  let isWriting = false

  async function write(batch: Waiting[]): Promise<void> {
    const became = await database.asService(async (tx) => {
      const ended = await end(
        tx,
        batch.map(({ ending }) => ending),
      )
      for (const { ending, beside } of batch) if (ended.has(ending.job.id)) await beside?.(tx)
      return ended
    })
    for (const { ending, resolve } of batch) resolve(became.get(ending.job.id))
  }

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchSize)
      await write(batch).catch(async (error: unknown) => {
        if (batch.length === 1) return batch[0].reject(error)
        // One that can't be written must not take the others along.
        for (const one of batch) await write([one]).catch(one.reject)
      })
    }
    isWriting = false
  }

  return {
    end: (ending, beside) =>
      new Promise((resolve, reject) => {
        waiting.push({ ending, beside, resolve, reject })
        // A little later, so that what ends in the same moment comes along.
        if (!isWriting && waiting.length === 1) setImmediate(() => void writeAll())
      }),
  }
}
