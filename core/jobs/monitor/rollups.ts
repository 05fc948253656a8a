import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { pause } from '../../database/pause'

const everyMs = 60_000

/**
 * Rolls up what ended, minute by minute, for as long as the host runs: what is behind is caught up half a day at a time.
 * Several hosts may; one of them does.
 * @returns a function that ends it
 */
export function keepRollups({ database, log }: { database: Database; log: Logger }): () => Promise<void> {
  const ending = new AbortController()
  async function keep(): Promise<void> {
    while (!ending.signal.aborted) {
      const minutes = await rollUp(database).catch((error: unknown) => {
        log.debug({ err: error }, 'Jobs could not be rolled up; charts read their rows meanwhile')
        return 0
      })
      await pause(minutes > 60 ? 1000 : everyMs, ending.signal)
    }
  }
  const keeping = keep()
  return async () => {
    ending.abort()
    await keeping
  }
}

/** Gives how many minutes were rolled up; 0 where nothing is behind. */
export function rollUp(database: Database): Promise<number> {
  return database.asService(async (tx) => {
    const { rows } = await sql<{ minutes: number }>`select private.roll_up_jobs() as minutes`.execute(tx)
    return rows[0].minutes
  })
}
