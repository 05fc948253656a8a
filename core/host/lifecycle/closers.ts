import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

/** What has been opened, so that it can be closed the other way round. */
export interface Closers {
  /**
   * @param what names the part in the log
   * @param close may take as long as `limitMs`; then the next part is closed all the same, since what it waits for may
   *   be away for hours
   */
  add(what: string, close: () => unknown, options?: { limitMs?: number }): void
  /** Closes all of them, the last one first; never rejects. */
  closeAll(): Promise<void>
}

/** Milliseconds that a part has to close. */
const defaultLimitMs = 3_000

export function createClosers(log: Logger): Closers {
  const parts: { what: string; close: () => unknown; limitMs: number }[] = []
  return {
    add: (what, close, { limitMs = defaultLimitMs } = {}) => parts.push({ what, close, limitMs }),
    async closeAll() {
      for (const { what, close, limitMs } of parts.splice(0).reverse()) {
        // `then` also takes what is thrown at once.
        const closed = Promise.resolve()
          .then(close)
          .then(
            () => true,
            (error: unknown) => {
              log.error({ err: error, what }, 'closing')
              return true
            },
          )
        if (!(await within(closed, limitMs)))
          log.warn({ what, limitMs }, 'closing takes too long: left behind')
      }
    },
  }
}

/** False where it takes longer. Endless patience is Infinity. */
async function within(closed: Promise<boolean>, limitMs: number): Promise<boolean> {
  if (limitMs === Infinity) return closed
  const patience = new AbortController()
  const late = sleep(limitMs, false, { signal: patience.signal }).catch(() => false)
  try {
    return await Promise.race([closed, late])
  } finally {
    patience.abort()
  }
}
