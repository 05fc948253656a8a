import type { QueryClient } from '@tanstack/react-query'
import type { Client } from '../../core/api/contract'
import { isAffected, procedureOf } from './affected'
import { createRefresher } from './refresher'

export type LiveState = 'idle' | 'connecting' | 'live' | 'lost'

/** The stream of changes from the host; while it runs, what is on screen follows the database. */
export interface Live {
  /** Begins to listen; again while it listens changes nothing. */
  start: () => void
  stop: () => void
  /** Tries at once instead of waiting for the next attempt. */
  retryNow: () => void
  subscribe: (listener: () => void) => () => void
  state: () => LiveState
}

/** Milliseconds between two refreshes of the same screen. */
const refreshInterval = 500
const firstRetry = 500
const lastRetry = 5_000
/**
 * A window that nobody has seen for so long (ms) lets go of its stream: over HTTP/1.1 a browser has six connections to
 * a host, for all of its windows together.
 */
const unseenFor = 10_000

/** How long to wait before attempt `attempt` (0, 1, …) to connect again, in milliseconds: doubling, with jitter. */
export function backoff(attempt: number, random = Math.random()): number {
  return Math.min(lastRetry, firstRetry * 2 ** attempt) * (0.75 + 0.5 * random)
}

type Page = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>

/** Subscribes to `overview.changes` and asks again for every query that a changed table affects, while `page` is seen. */
export function createLive(
  client: Client,
  queries: QueryClient,
  page: Page | undefined = globalThis.document,
): Live {
  const listeners = new Set<() => void>()
  let state: LiveState = 'idle'
  let stopped: AbortController | undefined
  let wake: (() => void) | undefined
  let unseen: AbortController | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  let appear: (() => void) | undefined

  const look = () => {
    clearTimeout(hiding)
    if (page?.visibilityState === 'hidden') hiding = setTimeout(() => unseen?.abort(), unseenFor)
    else appear?.()
  }
  const become = (next: LiveState) => {
    if (state === next) return
    state = next
    for (const tell of listeners) tell()
  }
  const changed = createRefresher(
    (tables) =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => {
          const path = procedureOf(queryKey)
          return path !== undefined && isAffected(path, tables)
        },
      }),
    refreshInterval,
  )

  const listen = async (signal: AbortSignal, isFirst: boolean) => {
    const changes = await client.overview.changes(undefined, { signal })
    become('live')
    // What happened while nobody listened is unknown: ask for everything again.
    if (!isFirst) void queries.invalidateQueries()
    for await (const tables of changes) changed(tables)
  }

  const run = async (signal: AbortSignal) => {
    let isFirst = true
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      unseen = new AbortController()
      try {
        await listen(AbortSignal.any([signal, unseen.signal]), isFirst)
      } catch {
        // Lost or refused: both heal by trying again, a refusal once the token was renewed.
      }
      if (signal.aborted) return
      if (state === 'live') attempt = 0
      isFirst = false
      if (unseen.signal.aborted) {
        become('connecting')
        if (page?.visibilityState === 'hidden') await new Promise<void>((resolve) => (appear = resolve))
        continue
      }
      become('lost')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, backoff(attempt))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  return {
    start: () => {
      if (stopped) return
      stopped = new AbortController()
      become('connecting')
      page?.addEventListener('visibilitychange', look)
      void run(stopped.signal)
    },
    stop: () => {
      stopped?.abort()
      stopped = undefined
      page?.removeEventListener('visibilitychange', look)
      clearTimeout(hiding)
      wake?.()
      appear?.()
      become('idle')
    },
    retryNow: () => wake?.(),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: () => state,
  }
}
