import type { Identity } from '../gateway'
import { AuthorizationError, lifeOf } from './authorize'
import type { Connection, RealtimeContext } from './context'
import type { Frame } from './frames'
import type { Join } from './join'
import { encodeBytesBroadcast } from './frames'
import { readState } from './presence-state'
import type { Presence } from './presence'
import type { Binding } from './row-bindings'

/** A client's membership of one topic. */
export interface Channel {
  readonly connection: Connection
  readonly joinRef: string | null
  readonly identity: Identity
  readonly hearsPresence: boolean
  /** Takes what the client sends on this topic after it has joined. */
  handle(frame: Frame): Promise<void> | void
  /** @param payload JSON */
  push(event: string, payload: string): void
  /** Sends what has to follow the answer to the join. */
  welcome(problem: string | null): void
  /**
   * Ends it. After `phx_close` a client forgets the channel, after `phx_error` it joins again; null says nothing, since
   * nobody listens any more.
   */
  end(event: 'phx_close' | 'phx_error' | null, problem?: SystemProblem): void
}

export interface SystemProblem {
  extension: 'system' | 'postgres_changes'
  message: string
}

interface ChannelParts {
  topic: string
  joinRef: string | null
  join: Join
  identity: Identity
  bindings: readonly Binding[]
}

/** Longer waits overflow a timer. */
const longestTimerMs = 3600_000

/** Makes a member of the topic. */
export function openChannel(
  context: RealtimeContext,
  connection: Connection,
  { topic, joinRef, join, identity: firstIdentity, bindings }: ChannelParts,
): Channel {
  const members = context.topics.get(topic) ?? new Set<Channel>()
  const name = topic.slice(topic.indexOf(':') + 1)
  let identity = firstIdentity
  let presence: Presence | null = null
  let stopRows = subscribeRows()
  let expiry: NodeJS.Timeout | undefined
  let isOpen = true

  function push(event: string, payload: string, ref: string | null = null): void {
    connection.push({ joinRef, ref, topic, event }, payload)
  }

  function pushSystem(status: 'ok' | 'error', { extension, message }: SystemProblem): void {
    push('system', JSON.stringify({ channel: name, extension, message, status }))
  }

  function subscribeRows(): () => void {
    if (bindings.length === 0) return () => undefined
    return context.rows.subscribe({
      identity,
      bindings,
      deliver: (ids, data) => isOpen && push('postgres_changes', `{"ids":[${ids.join(',')}],"data":${data}}`),
      missed: (message) => end('phx_error', { extension: 'postgres_changes', message }),
    })
  }

  function watchExpiry(): void {
    clearTimeout(expiry)
    const life = lifeOf(identity, context.clock)
    if (life === null) return
    if (life <= 0) {
      const message = `Token has expired ${Math.floor(-life / 1000)} seconds ago`
      return end('phx_close', { extension: 'system', message })
    }
    expiry = setTimeout(watchExpiry, Math.min(life, longestTimerMs))
  }

  function end(event: 'phx_close' | 'phx_error' | null, problem?: SystemProblem): void {
    if (!isOpen) return
    isOpen = false
    clearTimeout(expiry)
    stopRows()
    members.delete(channel)
    if (members.size === 0) context.topics.delete(topic)
    if (connection.channels.get(topic) === channel) connection.channels.delete(topic)
    if (presence) context.presences.untrack(topic, presence)
    context.lastSeen.left(topic, identity, members)
    if (problem) pushSystem('error', problem)
    if (event) push(event, '{}', joinRef)
  }

  async function refresh(payload: unknown): Promise<void> {
    const token = (payload as { access_token?: unknown } | null)?.access_token
    if (typeof token !== 'string' || token === '') return
    try {
      const next = await context.authorize(token)
      if (!isOpen) return
      const previous = identity
      identity = next
      if (!isSamePerson(previous, next)) context.lastSeen.left(topic, previous, members)
      stopRows()
      stopRows = subscribeRows()
      watchExpiry()
    } catch (error) {
      if (error instanceof AuthorizationError) {
        return end('phx_close', { extension: 'system', message: error.message })
      }
      context.onError(error)
      end('phx_error', { extension: 'system', message: 'The token could not be checked' })
    }
  }

  function handlePresence(frame: Frame): void {
    const { event, payload } = (frame.payload ?? {}) as { event?: unknown; payload?: unknown }
    if (event === 'untrack') {
      if (presence) context.presences.untrack(topic, presence)
      presence = null
      return connection.reply(frame, 'ok')
    }
    if (event !== 'track') return connection.reply(frame, 'error', { reason: 'unknown presence event' })
    const state = readState(payload, context.limits.presenceBytes)
    if (typeof state === 'string') return connection.reply(frame, 'error', { reason: state })
    const tracked = context.presences.track(topic, join.presence.key, state, presence)
    if (!tracked) return connection.reply(frame, 'error', { reason: 'Too many are present on this topic' })
    presence = tracked
    connection.reply(frame, 'ok')
  }

  function handleBroadcast(frame: Frame): void {
    const { event, payload } = (frame.payload ?? {}) as { event?: unknown; payload?: unknown }
    if (typeof event !== 'string') {
      return connection.reply(frame, 'error', { reason: 'A broadcast needs the name of an event' })
    }
    const receivers = [...members].filter((member) => member !== channel || join.echo)
    if (Buffer.isBuffer(payload)) {
      const bytes = encodeBytesBroadcast(topic, event, payload)
      for (const { connection: receiver } of receivers) receiver.sendBytes(bytes)
    } else {
      const text = stringify(frame.payload)
      if (text === null) return connection.reply(frame, 'error', { reason: 'The payload is nested too deep' })
      for (const receiver of receivers) receiver.push('broadcast', text)
    }
    if (join.acknowledge) connection.reply(frame, 'ok')
  }

  const channel: Channel = {
    connection,
    joinRef,
    get identity() {
      return identity
    },
    hearsPresence: join.presence.isEnabled,
    push,
    end,
    welcome(problem) {
      if (join.presence.isEnabled) {
        context.presences.flush(topic)
        push('presence_state', JSON.stringify(context.presences.state(topic)))
      }
      if (problem !== null) pushSystem('error', { extension: 'postgres_changes', message: problem })
      else if (bindings.length > 0) {
        pushSystem('ok', { extension: 'postgres_changes', message: 'Subscribed to PostgreSQL' })
      }
      watchExpiry()
    },
    handle(frame) {
      if (frame.event === 'access_token') return refresh(frame.payload)
      if (frame.event === 'presence') return handlePresence(frame)
      if (frame.event === 'broadcast') return handleBroadcast(frame)
      if (frame.event === 'phx_leave') {
        connection.reply(frame, 'ok')
        return end('phx_close')
      }
      return connection.reply(frame, 'error', { reason: 'unknown event' })
    },
  }
  context.topics.set(topic, members.add(channel))
  return channel
}

function isSamePerson(a: Identity, b: Identity): boolean {
  return a.role === 'authenticated' && b.role === 'authenticated' ? a.caller.id === b.caller.id : a === b
}

/** Null for what is nested deeper than can be written. */
function stringify(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}
