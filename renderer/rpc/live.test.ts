import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../core/api/contract'
import { backoff, createLive } from './live'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A stream that the test writes to, breaks, or refuses. Only `overview.changes` of the client is asked for. */
function createStreams() {
  const opened: { push: (tables: string[]) => void; break: () => void; signal: AbortSignal | undefined }[] =
    []
  let isRefused = false
  const changes = async (_input: unknown, { signal }: { signal?: AbortSignal }) => {
    if (isRefused) throw new TypeError('Failed to fetch')
    const queue: string[][] = []
    let wake: (() => void) | undefined
    let isBroken = false
    const tell = () => wake?.()
    signal?.addEventListener('abort', tell)
    opened.push({
      push: (tables) => (queue.push(tables), tell()),
      break: () => ((isBroken = true), tell()),
      signal,
    })
    return (async function* () {
      for (;;) {
        const next = queue.shift()
        if (next) yield next
        else if (isBroken) throw new TypeError('network error')
        else if (signal?.aborted) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    })()
  }
  const client = { overview: { changes } } as unknown as Client
  return { client, opened, refuse: (refused: boolean) => (isRefused = refused) }
}

/** A cache in which three queries were answered, and the paths of those that were invalidated since. */
function createCache() {
  const queries = new QueryClient()
  const paths = [
    ['jobs', 'list'],
    ['settings', 'list'],
    ['overview', 'hello'],
  ]
  for (const path of paths) queries.setQueryData([path, { type: 'query' }], {})
  const stale = () =>
    paths
      .filter((path) => queries.getQueryState([path, { type: 'query' }])?.isInvalidated)
      .map((path) => path.join('.'))
  return { queries, stale }
}

describe('following the host', () => {
  it('invalidates what a changed table affects, and nothing else', async () => {
    const { client, opened } = createStreams()
    const { queries, stale } = createCache()
    const live = createLive(client, queries)
    live.start()
    await vi.advanceTimersByTimeAsync(0)
    expect([live.state(), stale()]).toEqual(['live', []])
    opened[0]?.push(['match_jobs'])
    await vi.advanceTimersByTimeAsync(0)
    expect(stale()).toEqual(['jobs.list'])
    live.stop()
  })

  it('heals by itself, and then asks for everything again', async () => {
    const { client, opened, refuse } = createStreams()
    const { queries, stale } = createCache()
    const live = createLive(client, queries)
    live.start()
    await vi.advanceTimersByTimeAsync(0)
    refuse(true)
    opened[0]?.break()
    await vi.advanceTimersByTimeAsync(20_000)
    expect([live.state(), stale(), opened.length]).toEqual(['lost', [], 1])
    refuse(false)
    await vi.advanceTimersByTimeAsync(7000)
    expect([live.state(), opened.length]).toEqual(['live', 2])
    expect(stale()).toEqual(['jobs.list', 'settings.list', 'overview.hello'])
    live.stop()
  })

  it('tries at once when told to', async () => {
    const { client, opened, refuse } = createStreams()
    const live = createLive(client, createCache().queries)
    refuse(true)
    live.start()
    await vi.advanceTimersByTimeAsync(30_000)
    refuse(false)
    live.retryNow()
    await vi.advanceTimersByTimeAsync(0)
    expect([live.state(), opened.length]).toEqual(['live', 1])
    live.stop()
  })

  it('lets go of the stream while nobody sees the window, and asks for everything when somebody does', async () => {
    const { client, opened } = createStreams()
    const { queries, stale } = createCache()
    const sight: Pick<Document, 'visibilityState'> = { visibilityState: 'visible' }
    const page = Object.assign(new EventTarget(), sight)
    const live = createLive(client, queries, page)
    const show = async (visibilityState: DocumentVisibilityState, waited: number) => {
      Object.assign(page, { visibilityState })
      page.dispatchEvent(new Event('visibilitychange'))
      await vi.advanceTimersByTimeAsync(waited)
    }
    live.start()
    await show('hidden', 9_000)
    await show('visible', 60_000)
    expect([opened.length, opened[0]?.signal?.aborted]).toEqual([1, false])
    await show('hidden', 60_000)
    expect([live.state(), opened.length, opened[0]?.signal?.aborted]).toEqual(['connecting', 1, true])
    await show('visible', 0)
    expect([live.state(), opened.length, stale().length]).toEqual(['live', 2, 3])
    live.stop()
  })

  it('stops: the stream is closed, and nothing is tried again', async () => {
    const { client, opened } = createStreams()
    const live = createLive(client, createCache().queries)
    live.start()
    await vi.advanceTimersByTimeAsync(0)
    live.stop()
    await vi.advanceTimersByTimeAsync(30_000)
    expect([live.state(), opened.length, opened[0]?.signal?.aborted]).toEqual(['idle', 1, true])
  })
})

describe('the wait between attempts', () => {
  it('doubles up to five seconds and is spread by a quarter', () => {
    expect([0, 1, 2, 3, 4, 20].map((attempt) => backoff(attempt, 0.5))).toEqual([
      500, 1000, 2000, 4000, 5000, 5000,
    ])
    expect([backoff(0, 0), backoff(0, 1)]).toEqual([375, 625])
  })
})
