/** What is tried again by itself, each time after a longer while. */
export interface Retries {
  later: (id: string) => void
  /** Whether its time has not come yet. */
  isWaiting: (id: string) => boolean
  /** Its time has come. */
  now: (id: string) => void
  /** It need not be tried again; the next time starts from the shortest while. */
  forget: (id: string) => void
  close: () => void
}

/** @param due told that the time of something has come */
export function createRetries(
  { first, most }: { first: number; most: number },
  due: (id: string) => void,
): Retries {
  const waiting = new Map<string, { failures: number; timer: NodeJS.Timeout | null }>()

  function now(id: string): void {
    const wait = waiting.get(id)
    if (wait?.timer) clearTimeout(wait.timer)
    if (wait) waiting.set(id, { ...wait, timer: null })
    due(id)
  }

  return {
    now,
    later(id) {
      const failures = (waiting.get(id)?.failures ?? 0) + 1
      const timer = setTimeout(() => now(id), Math.min(most, first * 2 ** (failures - 1)))
      timer.unref()
      waiting.set(id, { failures, timer })
    },
    isWaiting: (id) => Boolean(waiting.get(id)?.timer),
    forget(id) {
      const timer = waiting.get(id)?.timer
      if (timer) clearTimeout(timer)
      waiting.delete(id)
    },
    close() {
      for (const { timer } of waiting.values()) if (timer) clearTimeout(timer)
    },
  }
}
