import { pause } from './pause'

const gatherMs = 250

/** Gathers what a subscription tells into lists of names. Hears from the call on, not only from the first `next`. */
export function gatherChanges(
  subscribe: (listener: (tables: readonly string[]) => void) => () => void,
  signal: AbortSignal,
): AsyncGenerator<string[], void> {
  const changed = new Set<string>()
  let wake: () => void = () => undefined
  const unsubscribe = subscribe((tables) => {
    for (const table of tables) changed.add(table)
    wake()
  })
  const ended = () => {
    unsubscribe()
    wake()
  }
  signal.addEventListener('abort', ended, { once: true })
  if (signal.aborted) ended()

  async function* names(): AsyncGenerator<string[], void> {
    try {
      for (;;) {
        if (changed.size === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
        if (signal.aborted) return
        const together = [...changed]
        changed.clear()
        if (together.length > 0) yield together
        await pause(gatherMs, signal)
      }
    } finally {
      signal.removeEventListener('abort', ended)
      unsubscribe()
    }
  }
  return names()
}
