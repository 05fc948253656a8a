import type { Changes } from '../database/changes'

/** Names that arrive within this time come together. */
const gatherMs = 250

/**
 * The names of tables that change, gathered, until the signal ends it. The first answer comes at once and is empty: from
 * then on nothing is missed.
 */
export async function* liveChanges(
  changes: Changes,
  signal: AbortSignal | undefined,
): AsyncGenerator<string[]> {
  const changed = new Set<string>()
  let wake: () => void = () => undefined
  const unsubscribe = changes.subscribe(null, (tables) => {
    for (const table of tables) changed.add(table)
    wake()
  })
  const ended = () => wake()
  signal?.addEventListener('abort', ended)
  try {
    yield []
    while (!signal?.aborted) {
      if (changed.size === 0) await new Promise<void>((resolve) => (wake = resolve))
      if (signal?.aborted) return
      const names = [...changed]
      changed.clear()
      if (names.length > 0) yield names
      await new Promise((resolve) => setTimeout(resolve, gatherMs))
    }
  } finally {
    unsubscribe()
    signal?.removeEventListener('abort', ended)
  }
}
