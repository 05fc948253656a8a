import type { Logger } from 'pino'
import type { Changes } from '../database/changes'
import type { Database } from '../database/connect'
import { advanceSwitch } from './advance'

export interface SwitchKeeper {
  /** Looks once more, so that what was finished last is not left to the next host, and ends. */
  close: () => Promise<void>
}

interface KeeperOptions {
  database: Database
  changes: Changes
  log: Logger
  /** Milliseconds between two looks where nothing is heard. */
  everyMs?: number
}

/** Changes that come together are looked at together. */
const gatherMs = 250

/**
 * Makes the switch as soon as its last photo is there: looks whenever its queue changes, and now and then, since what
 * was staged last may have been staged by a host that is gone. Any number of hosts do it side by side.
 */
export function createSwitchKeeper(options: KeeperOptions): SwitchKeeper {
  const { database, changes, log, everyMs = 15_000 } = options
  let looking: Promise<void> | null = null
  let isDue = false
  let gather: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    try {
      const found = await advanceSwitch(database)
      if (found === 'completed') log.info('The switch to the new embeddings is made')
    } catch (error) {
      log.warn({ err: error }, 'The switch of models could not be looked at')
    }
  }

  function lookSoon(): void {
    if (looking) {
      isDue = true
      return
    }
    gather ??= setTimeout(() => {
      gather = undefined
      looking = look().finally(() => {
        looking = null
        if (isDue) {
          isDue = false
          lookSoon()
        }
      })
    }, gatherMs)
  }

  const ignore = changes.subscribe(['embedding_jobs', 'model_switches'], lookSoon)
  const now = setInterval(lookSoon, everyMs)
  lookSoon()
  return {
    async close() {
      ignore()
      clearInterval(now)
      clearTimeout(gather)
      isDue = false
      await looking
      await look()
    },
  }
}
