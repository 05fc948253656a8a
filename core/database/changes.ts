import { sql } from 'kysely'
import { pollChanges } from './change-polling'
import { gatherChanges } from './change-stream'
import type { Database } from './connect'
import { NotificationsUnavailable } from './engine'
import { pause } from './pause'

export type ChangeListener = (tables: readonly string[]) => void

/**
 * Another way to hear of changes, where LISTEN hears nothing. Runs until the signal, and rejects where it can't go on;
 * it is then run again. It tells null as soon as it hears, and whenever anything may have changed.
 */
export type ChangeHints = (tell: (table: string | null) => void, signal: AbortSignal) => Promise<void>

/** How changes arrive: by LISTEN, or, where a pooler in transaction mode is in between, by other ways. */
export type ChangeSource = 'listen' | 'realtime' | 'polling'

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
  /** Tells of something that changed and is no table: the model pack, the worker, `database` as it goes and comes. */
  announce(name: string): void
  /** Resolves once the database's changes arrive. */
  readonly ready: Promise<void>
  /** How they arrive now; null until it is known. */
  readonly source: ChangeSource | null
  close(): Promise<void>
}

export interface ChangesOptions {
  /** Used beside polling, where LISTEN hears nothing. */
  hints?: ChangeHints
}

const channel = 'semblance_changes'
const firstPauseMs = 250
const longestPauseMs = 30_000
/** Where LISTEN heard nothing it is tried again after so long: the way to the server may have changed. */
const listenAgainMs = 10 * 60_000

/** Hears the database's changes. Where it can't yet, it tries until it can. */
export function createChanges(database: Database, { hints }: ChangesOptions = {}): Changes {
  const subscribers = new Set<{ tables: readonly string[] | null; listener: ChangeListener }>()
  const ending = new AbortController()
  let known: readonly string[] = []
  let source: ChangeSource | null = null

  function announce(name: string): void {
    for (const { tables, listener } of subscribers) if (tables?.includes(name) ?? true) listener([name])
  }

  function tell(name: string | null): void {
    if (name !== null) announce(name)
    else for (const { tables, listener } of subscribers) listener(tables ?? known)
  }

  function subscribe(tables: readonly string[] | null, listener: ChangeListener): () => void {
    const subscriber = { tables, listener }
    subscribers.add(subscriber)
    return () => subscribers.delete(subscriber)
  }

  const forgetOutages = database.onOutage((outage) => {
    announce('database')
    // Whatever heard meanwhile may have missed something.
    if (outage === null && source !== null) tell(null)
  })
  let hearing: Promise<void> = Promise.resolve()
  const ready = watchedTables(database, ending.signal).then(
    (tables) =>
      new Promise<void>((resolve) => {
        known = tables
        hearing = hear({
          ...{ database, hints, tell, signal: ending.signal },
          become(next) {
            const before = source
            source = next
            if (before !== null) announce('database')
            resolve()
          },
        })
      }),
  )
  // Whoever closes before it hears asks for nothing more.
  ready.catch(() => undefined)

  return {
    ready,
    subscribe,
    announce,
    get source() {
      return source
    },
    stream(tables, signal) {
      const signals = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal
      return gatherChanges((listener) => subscribe(tables, listener), signals)
    },
    async close() {
      ending.abort()
      forgetOutages()
      await hearing
      subscribers.clear()
    },
  }
}

interface Hearing {
  database: Database
  hints: ChangeHints | undefined
  tell: (table: string | null) => void
  become: (source: ChangeSource) => void
  signal: AbortSignal
}

/** Hears by the best way there is, until the signal. */
async function hear(hearing: Hearing): Promise<void> {
  const { database, tell, become, signal } = hearing
  let pauseMs = firstPauseMs
  while (!signal.aborted) {
    try {
      const stop = await database.listen(channel, tell)
      become('listen')
      await aborted(signal)
      // A connection that is lost has nothing to stop.
      await stop().catch(() => undefined)
    } catch (error) {
      if (error instanceof NotificationsUnavailable) await hearOtherwise(hearing)
      else {
        await pause(pauseMs, signal)
        pauseMs = Math.min(longestPauseMs, pauseMs * 2)
      }
    }
  }
}

/** By Realtime and by polling, until it is time to try LISTEN again. */
async function hearOtherwise({ database, hints, tell, become, signal }: Hearing): Promise<void> {
  const round = AbortSignal.any([signal, AbortSignal.timeout(listenAgainMs)])
  let hinted = false
  const hinting = hints && keepHinting()
  async function keepHinting(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!round.aborted) {
      try {
        await hints?.((table) => {
          if (!hinted) become('realtime')
          hinted = true
          pauseMs = firstPauseMs
          tell(table)
        }, round)
      } catch {
        // It says so itself; polling goes on meanwhile.
      }
      if (hinted && !round.aborted) become('polling')
      hinted = false
      await pause(pauseMs * (0.5 + Math.random() / 2), round)
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    }
  }
  const onReady = () => {
    if (!hinted) become('polling')
  }
  await Promise.all([
    hinting,
    pollChanges(database, { tell, onReady, isBacked: () => hinted, signal: round }),
  ])
}

/** The tables whose trigger says that they changed. Asks until there is an answer. */
async function watchedTables(database: Database, signal: AbortSignal): Promise<string[]> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const { rows } = await database.asOwner((tx) =>
        sql<{ name: string }>`
          select c.relname as name
          from pg_catalog.pg_trigger t
          join pg_catalog.pg_class c on c.oid = t.tgrelid
          where t.tgname = 'notify_change'
          order by 1`.execute(tx),
      )
      return rows.map(({ name }) => name)
    } catch {
      await pause(pauseMs, signal)
      signal.throwIfAborted()
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
