import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { NotificationHandler } from './engine'

export interface Listener {
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>
  close(): Promise<void>
}

const firstPauseMs = 250
const longestPauseMs = 30_000
/** A connection that died without a word is found by asking it. */
const heartbeat = { everyMs: 30_000, timeoutMs: 10_000 }

type Channels = Map<string, Set<NotificationHandler>>

/**
 * Hears notifications on a connection of its own, made with the first channel. Where it is lost it is made again,
 * pausing longer each time, and every handler is told that notifications may have been missed.
 */
export function createListener(config: pg.ClientConfig, onProblem: (error: Error) => void): Listener {
  const channels: Channels = new Map()
  const ending = new AbortController()
  let connection: Promise<pg.Client> | null = null

  async function connect(): Promise<pg.Client> {
    const client = await hear(config, channels)
    client.once('end', () => {
      if (ending.signal.aborted) return
      onProblem(new Error('The connection for live updates was lost; it is made again.'))
      connection = again(connect, ending.signal, onProblem).then((next) => {
        for (const handlers of channels.values()) for (const handler of handlers) handler(null)
        return next
      })
      connection.catch(() => undefined)
    })
    return client
  }

  async function first(): Promise<pg.Client> {
    try {
      return await connect()
    } catch (error) {
      connection = null
      throw error
    }
  }

  async function stop(channel: string, handler: NotificationHandler): Promise<void> {
    const handlers = channels.get(channel)
    handlers?.delete(handler)
    if (handlers?.size !== 0 || ending.signal.aborted) return
    channels.delete(channel)
    const client = await connection
    await client?.query(`unlisten ${pg.escapeIdentifier(channel)}`)
  }

  return {
    async listen(channel, handler) {
      const handlers = channels.get(channel) ?? new Set()
      channels.set(channel, handlers.add(handler))
      const client = await (connection ??= first())
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      return () => stop(channel, handler)
    },
    async close() {
      if (ending.signal.aborted) return
      ending.abort()
      const client = await connection?.catch(() => null)
      await client?.end()
    },
  }
}

/** Connects until it succeeds, pausing longer each time. Rejects once the signal says that it is over. */
async function again(
  connect: () => Promise<pg.Client>,
  signal: AbortSignal,
  onProblem: (error: Error) => void,
): Promise<pg.Client> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    await sleep(pauseMs, undefined, { signal })
    try {
      return await connect()
    } catch (error) {
      if (signal.aborted) throw error
      onProblem(error as Error)
    }
  }
}

/** A connection that hears the channels, and is asked every now and then whether it still does. */
async function hear(config: pg.ClientConfig, channels: Channels): Promise<pg.Client> {
  const client = new pg.Client({ ...config, query_timeout: heartbeat.timeoutMs })
  // What is wrong shows in its end, or in the query that fails.
  client.on('error', () => undefined)
  client.on('notification', ({ channel, payload }) => {
    for (const handler of channels.get(channel) ?? []) handler(payload ?? '')
  })
  try {
    await client.connect()
    for (const channel of channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  const beat = setInterval(() => {
    client.query('select 1').catch((error: unknown) => client.connection.stream.destroy(error as Error))
  }, heartbeat.everyMs)
  client.once('end', () => clearInterval(beat))
  return client
}
