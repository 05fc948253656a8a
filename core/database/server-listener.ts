import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { NotificationsUnavailable, type NotificationHandler } from './engine'

export interface Listener {
  /** @throws NotificationsUnavailable where they never arrive */
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>
  /** Where the connection is lost, tries at once and not at the pause's end. */
  retryNow(): void
  close(): Promise<void>
  /** Ends its connection without a goodbye. */
  cut(): void
}

export interface ListenerOptions {
  /** Known to hear nothing, so that it need not be tried. */
  isDeaf: boolean
  /** Notifies a channel through another connection. */
  notify: (channel: string) => Promise<void>
  onProblem: (error: Error) => void
}

const firstPauseMs = 250
const longestPauseMs = 30_000
/** A connection that died without a word is found by asking it. */
const heartbeat = { everyMs: 15_000, timeoutMs: 5_000 }
/** What has not arrived by then never will. */
const deafAfterMs = 2_000

type Channels = Map<string, Set<NotificationHandler>>

/**
 * Hears notifications on a connection of its own, made with the first channel. Where it is lost it is made again,
 * pausing longer each time, and every handler is told that notifications may have been missed.
 */
export function createListener(config: pg.ClientConfig, options: ListenerOptions): Listener {
  const { onProblem } = options
  const channels: Channels = new Map()
  const ending = new AbortController()
  let connection: Promise<pg.Client> | null = null
  let wake: () => void = () => undefined

  const connect = async () => watched(await hear(config, channels))

  function watched(client: pg.Client): pg.Client {
    client.once('end', () => {
      if (ending.signal.aborted) return
      if (channels.size === 0) {
        connection = null
        return
      }
      onProblem(new Error('The connection for live updates was lost; it is made again.'))
      connection = again().then((next) => {
        for (const handlers of channels.values()) for (const handler of handlers) handler(null)
        return next
      })
      connection.catch(() => undefined)
    })
    return client
  }

  /** Connects until it succeeds, pausing longer each time. Rejects once all is over. */
  async function again(): Promise<pg.Client> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      await pauseFor(pauseMs * (0.5 + Math.random() / 2))
      ending.signal.throwIfAborted()
      try {
        return await connect()
      } catch (error) {
        onProblem(error as Error)
      }
    }
  }

  function pauseFor(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function first(): Promise<pg.Client> {
    try {
      if (options.isDeaf) throw new NotificationsUnavailable()
      const client = await hear(config, channels)
      await proveHearing(client, options.notify)
      return watched(client)
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
      const client = await (connection ??= first())
      // Looked up only now: somebody else may have asked for the same channel meanwhile.
      const handlers = channels.get(channel) ?? new Set()
      channels.set(channel, handlers.add(handler))
      try {
        await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      } catch (error) {
        handlers.delete(handler)
        if (handlers.size === 0) channels.delete(channel)
        throw error
      }
      return () => stop(channel, handler)
    },
    retryNow: () => wake(),
    async close() {
      if (ending.signal.aborted) return
      ending.abort()
      wake()
      const client = await connection?.catch(() => null)
      await client?.end()
    },
    cut: () => void connection?.then((client) => client.connection.stream.destroy()).catch(() => undefined),
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

/** Through a pooler in transaction mode LISTEN is accepted, and what is notified arrives nowhere. */
async function proveHearing(client: pg.Client, notify: (channel: string) => Promise<void>): Promise<void> {
  const channel = `semblance_probe_${randomBytes(6).toString('hex')}`
  let timer: NodeJS.Timeout | undefined
  const heard = new Promise<boolean>((resolve) => {
    client.on('notification', (message) => message.channel === channel && resolve(true))
    client.once('end', () => resolve(false))
    timer = setTimeout(resolve, deafAfterMs, false)
  })
  try {
    await client.query(`listen ${channel}`)
    await notify(channel)
    if (!(await heard)) throw new NotificationsUnavailable()
    await client.query(`unlisten ${channel}`)
  } catch (error) {
    // Its place at the server goes to somebody else, who hears nothing by it.
    await client.query(`unlisten ${channel}`).catch(() => undefined)
    await client.end().catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
