import { sql } from 'kysely'
import type { Database } from './connect'

export type ChangeListener = (tables: readonly string[]) => void

/** Which tables changed, as a hint to ask again. */
export interface Changes {
  /**
   * Calls back at once for each change of these tables; null for all. After an interruption every one of them counts
   * as changed. Call the result to stop.
   */
  subscribe(tables: readonly string[] | null, listener: ChangeListener): () => void
  /**
   * The same, gathered: the first change comes at once, those that follow within a quarter of a second together. Hears
   * from the moment of the call. Ends with the signal, or with `close`.
   */
  stream(tables: readonly string[] | null, signal?: AbortSignal): AsyncGenerator<string[], void>
  /** Tells of something that changed and is no table: the model pack, the worker. */
  announce(name: string): void
  /** Resolves once the database's changes arrive. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

const channel = 'semblance_changes'
const gatherMs = 250
const firstPauseMs = 250
const longestPauseMs = 30_000

/** Hears the database's changes. Where it can't yet, it tries until it can. */
export function createChanges(database: Database): Changes {
  const subscribers = new Set<{ tables: readonly string[] | null; listener: ChangeListener }>()
  const ending = new AbortController()
  let known: readonly string[] = []

  function tell(name: string): void {
    for (const { tables, listener } of subscribers) if (tables?.includes(name) ?? true) listener([name])
  }

  function tellAll(): void {
    for (const { tables, listener } of subscribers) listener(tables ?? known)
  }

  function subscribe(tables: readonly string[] | null, listener: ChangeListener): () => void {
    const subscriber = { tables, listener }
    subscribers.add(subscriber)
    return () => subscribers.delete(subscriber)
  }

  const hearing = listenUntilHeard(database, ending.signal, (payload) => {
    if (payload === null) tellAll()
    else tell(payload)
  })
  const ready = hearing.then(async () => {
    known = await watchedTables(database)
  })
  // Whoever closes before it hears asks for nothing more.
  ready.catch(() => undefined)

  return {
    ready,
    subscribe,
    announce: tell,
    stream(tables, signal) {
      const signals = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal
      return gather((listener) => subscribe(tables, listener), signals)
    },
    async close() {
      ending.abort()
      const stop = await hearing.catch(() => null)
      await stop?.()
      subscribers.clear()
    },
  }
}

async function listenUntilHeard(
  database: Database,
  signal: AbortSignal,
  handler: (payload: string | null) => void,
): Promise<() => Promise<void>> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await database.listen(channel, handler)
    } catch {
      await pause(pauseMs, signal)
      signal.throwIfAborted()
    }
  }
}

/** The tables whose trigger says that they changed. */
function watchedTables(database: Database): Promise<string[]> {
  return database.asOwner(async (tx) => {
    const { rows } = await sql<{ name: string }>`
      select c.relname as name
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_class c on c.oid = t.tgrelid
      where t.tgname = 'notify_change'
      order by 1`.execute(tx)
    return rows.map(({ name }) => name)
  })
}

/** Hears from the call on, not only from the first `next`. */
function gather(
  subscribe: (listener: ChangeListener) => () => void,
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

/** Waits, or not as long where the signal comes first. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
