/** What became of one entry. `failed` may be tried again; `rejected` gives the same answer every time. */
export type ImportOutcome =
  | { state: 'added'; celebrityId: string }
  | { state: 'known'; celebrityId: string | null; reason: string }
  | { state: 'rejected'; reason: string }
  | { state: 'failed'; reason: string }

/** One row of an import. */
export type ImportEntry<Item> = { id: number; item: Item } & (
  { state: 'waiting' } | { state: 'running' } | ImportOutcome
)

export interface ImportProgress<Item> {
  phase: 'idle' | 'running' | 'stopping'
  entries: readonly ImportEntry<Item>[]
  /** Entries with an outcome. */
  done: number
  /** Entries a second over the last {@link rateWindow} outcomes; null before the second one. */
  rate: number | null
  /** Seconds until the rest is done at that rate. */
  secondsLeft: number | null
}

export interface ImportQueue<Item> {
  snapshot: () => ImportProgress<Item>
  subscribe: (listener: () => void) => () => void
  /** Runs what waits; resolves when nothing runs any more. Does nothing while it runs. */
  start: () => Promise<void>
  /** Starts nothing more. What is under way is finished, so that nothing is left half done. */
  cancel: () => void
  /** Lets failed entries wait again. */
  retryFailed: () => void
}

/** How many outcomes the rate looks back on. */
export const rateWindow = 24

function isDone(entry: ImportEntry<unknown>): boolean {
  return entry.state !== 'waiting' && entry.state !== 'running'
}

/** Entries a second between the first and the last of some moments, milliseconds; null for fewer than two. */
export function rateOf(moments: readonly number[]): number | null {
  const first = moments[0]
  const last = moments.at(-1)
  if (first === undefined || last === undefined || last <= first) return null
  return ((moments.length - 1) * 1000) / (last - first)
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : 'It did not work. Try again.'
}

function progressOf<Item>(
  phase: ImportProgress<Item>['phase'],
  entries: readonly ImportEntry<Item>[],
  moments: readonly number[],
): ImportProgress<Item> {
  const done = entries.filter(isDone).length
  const rate = rateOf(moments)
  return { phase, entries, done, rate, secondsLeft: rate === null ? null : (entries.length - done) / rate }
}

function withFailedWaiting<Item>(entries: readonly ImportEntry<Item>[]): ImportEntry<Item>[] {
  return entries.map((entry) =>
    entry.state === 'failed' ? { id: entry.id, item: entry.item, state: 'waiting' } : entry,
  )
}

/**
 * Works through a list with bounded parallelism. Each entry ends with an outcome of its own: one that throws is `failed`
 * and the others go on.
 * @param work gives an entry's outcome
 * @param concurrency how many run at once
 * @param now milliseconds, for the rate
 */
export function createImportQueue<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<ImportOutcome>,
  { concurrency = 3, now = () => performance.now() } = {},
): ImportQueue<Item> {
  const listeners = new Set<() => void>()
  let moments: number[] = []
  let progress = progressOf<Item>(
    'idle',
    items.map((item, id) => ({ id, item, state: 'waiting' })),
    moments,
  )

  function publish(phase: ImportProgress<Item>['phase'], entries: readonly ImportEntry<Item>[]) {
    progress = progressOf(phase, entries, moments)
    for (const listener of listeners) listener()
  }

  function settle(id: number, state: ImportOutcome | { state: 'running' }) {
    const entries = progress.entries.map((entry) =>
      entry.id === id ? { id, item: entry.item, ...state } : entry,
    )
    publish(progress.phase, entries)
  }

  async function runner() {
    while (progress.phase === 'running') {
      const next = progress.entries.find((entry) => entry.state === 'waiting')
      if (!next) return
      settle(next.id, { state: 'running' })
      const outcome = await work(next.item).catch((error: unknown): ImportOutcome => ({
        state: 'failed',
        reason: reasonOf(error),
      }))
      moments = [...moments, now()].slice(-rateWindow)
      settle(next.id, outcome)
    }
  }

  return {
    snapshot: () => progress,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: async () => {
      if (progress.phase !== 'idle') return
      moments = [now()]
      publish('running', progress.entries)
      await Promise.all(Array.from({ length: concurrency }, runner))
      publish('idle', progress.entries)
    },
    cancel: () => {
      if (progress.phase === 'running') publish('stopping', progress.entries)
    },
    retryFailed: () => publish(progress.phase, withFailedWaiting(progress.entries)),
  }
}
