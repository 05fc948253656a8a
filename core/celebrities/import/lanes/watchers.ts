import { pause } from '../../../database/pause'

/** Tells of imports that changed, and lets anybody follow one. */
export interface Watchers {
  changed: (importId: string) => void
  /**
   * What `read` gives, at once and whenever the import has changed, at most twice a second. Ends with the signal, with
   * `close`, and where `read` gives null.
   */
  follow: <T>(
    importId: string,
    read: () => Promise<T | null>,
    signal?: AbortSignal,
  ) => AsyncGenerator<T, void>
  close: () => void
}

const leastMs = 500

export function createWatchers(): Watchers {
  const listeners = new Map<string, Set<() => void>>()
  const ending = new AbortController()

  return {
    changed(importId) {
      for (const listener of listeners.get(importId) ?? []) listener()
    },
    async *follow(importId, read, given) {
      const signal = AbortSignal.any([ending.signal, ...(given ? [given] : [])])
      let isNew = true
      let wake: () => void = () => undefined
      const listener = () => {
        isNew = true
        wake()
      }
      const those = listeners.get(importId) ?? new Set()
      listeners.set(importId, those.add(listener))
      const ended = () => wake()
      signal.addEventListener('abort', ended)
      try {
        for (;;) {
          if (!isNew && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
          if (signal.aborted) return
          isNew = false
          const found = await read()
          if (found === null) return
          yield found
          await pause(leastMs, signal)
        }
      } finally {
        signal.removeEventListener('abort', ended)
        those.delete(listener)
        if (those.size === 0) listeners.delete(importId)
      }
    },
    close: () => ending.abort(new Error('The host ends.')),
  }
}
