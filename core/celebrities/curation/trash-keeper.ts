import type { Logger } from 'pino'
import type { Database } from '../../database/connect'
import { pause } from '../../database/pause'
import type { Images } from '../../supabase/images'
import { purgeNext } from './purge'

/** Looking more often than the day's granularity needs: what an undo leaves behind goes by this, too. */
const everyMs = 10 * 60_000

/**
 * Empties the trash of what is older than its time for as long as the host runs, a piece after another. Several hosts
 * may; where Storage or the database is away it is tried again later.
 * @returns a function that ends it
 */
export function keepTrash(options: {
  database: Database
  images: Images
  log: Logger
  /** Milliseconds between two looks. */
  everyMs?: number
}): () => Promise<void> {
  const ending = new AbortController()
  async function keep(): Promise<void> {
    while (!ending.signal.aborted) {
      const purged = await purgeNext(options).catch((error: unknown) => {
        options.log.warn({ err: error }, 'The trash of the gallery could not be emptied; it is tried again')
        return 0
      })
      if (purged > 0) options.log.info({ purged }, 'Celebrities are out of the trash for good')
      await pause(purged > 0 ? 100 : (options.everyMs ?? everyMs), ending.signal)
    }
  }
  const keeping = keep()
  return async () => {
    ending.abort()
    await keeping
  }
}
