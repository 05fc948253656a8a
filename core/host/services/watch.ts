import type { ServerHealth } from '../../model/status'

/** Keeps an eye on one server that the host depends on. */
export interface Watch {
  status(): ServerHealth
  /** Looks at once, or has the look that goes on end first. */
  look(): Promise<void>
  close(): void
}

export interface WatchOptions {
  id: ServerHealth['id']
  location: string
  /** @returns Null where all is well, else what is wrong and what to do. Must end with the signal. */
  probe: (signal: AbortSignal) => Promise<string | null>
  /** Told when it goes or comes back. */
  onChange: (health: ServerHealth) => void
  /** Milliseconds between looks while all is well. Default 15 s. */
  calmMs?: number
  /** Chance in pauses, in [0, 1). Default Math.random. */
  random?: () => number
}

const calmMsByDefault = 15_000
const firstPauseMs = 500
const longestPauseMs = 30_000

/**
 * Milliseconds until a server that is away is asked again: doubling up to half a minute, of which the upper half is left
 * to chance, so that many hosts do not come back together.
 */
export function pauseAfter(failures: number, random: () => number): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** failures)
  return full / 2 + (full / 2) * random()
}

/** Asks by and by, until it is closed. */
export function createWatch(options: WatchOptions): Watch {
  const { id, location, probe, onChange, calmMs = calmMsByDefault, random = Math.random } = options
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let failures = 0
  let looking: Promise<void> | undefined
  let health: ServerHealth = {
    ...{ id, location, state: 'unknown', since: new Date(), nextTry: null, message: null, ms: null },
  }

  function look(): Promise<void> {
    clearTimeout(timer)
    return (looking ??= lookOnce().finally(() => (looking = undefined)))
  }

  async function lookOnce(): Promise<void> {
    const began = performance.now()
    const message = await probe(ending.signal).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    )
    if (ending.signal.aborted) return
    failures = message === null ? 0 : failures + 1
    const pauseMs = message === null ? calmMs : pauseAfter(failures - 1, random)
    timer = setTimeout(() => void look(), pauseMs)
    // A host that has nothing else to do may end.
    timer.unref()
    become(message, pauseMs, performance.now() - began)
  }

  function become(message: string | null, pauseMs: number, ms: number): void {
    const state = message === null ? 'ok' : 'away'
    const isNews = state !== health.state || message !== health.message
    // Well from the first look on is no news.
    const isExpected = health.state === 'unknown' && state === 'ok'
    health = {
      ...health,
      ...{ state, message },
      since: state === health.state ? health.since : new Date(),
      nextTry: message === null ? null : new Date(Date.now() + pauseMs),
      ms: message === null ? Math.round(ms * 10) / 10 : null,
    }
    if (isNews && !isExpected) onChange(health)
  }

  void look()
  return {
    status: () => health,
    look,
    close() {
      ending.abort()
      clearTimeout(timer)
    },
  }
}
