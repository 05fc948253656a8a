import { useEffect, useState } from 'react'
import { backoff } from './live'

export type StreamState = 'off' | 'connecting' | 'live' | 'lost'

export interface Stream<T> {
  /** What came last; it stays while the stream is off or lost. */
  value: T | undefined
  state: StreamState
  error: unknown
}

/**
 * Follows a stream of the host while `isOn`, and opens it again where it broke.
 * @param open Must keep its identity: a new one is a new stream.
 * @param endsWith Whether the stream is over after a value, so that its end is none to heal.
 */
export function useStream<T>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  isOn: boolean,
  endsWith?: (value: T) => boolean,
): Stream<T> {
  const [{ value, isLive, error }, set] = useState<{ value: T | undefined; isLive: boolean; error: unknown }>(
    {
      value: undefined,
      isLive: false,
      error: undefined,
    },
  )
  useEffect(() => {
    if (!isOn) return
    const abort = new AbortController()
    const { signal } = abort
    const follow = async () => {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        try {
          for await (const next of await open(signal)) {
            if (signal.aborted) return
            attempt = 0
            set({ value: next, isLive: true, error: undefined })
            if (endsWith?.(next)) return
          }
          set((last) => ({ ...last, isLive: false }))
        } catch (problem) {
          if (signal.aborted) return
          set((last) => ({ ...last, isLive: false, error: problem }))
        }
        await rest(backoff(attempt), signal)
      }
    }
    void follow()
    return () => {
      abort.abort()
      set((last) => ({ ...last, isLive: false, error: undefined }))
    }
  }, [open, isOn, endsWith])
  return {
    value,
    error,
    state: !isOn ? 'off' : isLive ? 'live' : error === undefined ? 'connecting' : 'lost',
  }
}

/** Waits, or until nobody listens any more. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
