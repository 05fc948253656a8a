import type { Identity } from '../gateway'
import { AuthorizationError, lifeOf } from './authorize'
import type { Channel, Connection, RealtimeContext, SystemProblem } from './context'
import type { Join } from './join'
import { handleBroadcast, handlePresence, leaveAs, type Membership } from './messages'
import type { Binding } from './row-bindings'

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
  const membership: Membership = { topic, join, connection, members, presence: null }
  const name = topic.slice(topic.indexOf(':') + 1)
  let identity = firstIdentity
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
    if (life <= 0) return end('phx_close', expired(-life))
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
    if (membership.presence) context.presences.untrack(topic, membership.presence)
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
      if (!isSamePerson(previous, next)) leaveAs(previous, context, membership)
      stopRows()
      stopRows = subscribeRows()
      watchExpiry()
    } catch (error) {
      if (!(error instanceof AuthorizationError)) context.onError(error)
      end(...endOf(error))
    }
  }

  const channel: Channel = {
    joinRef,
    connection,
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
      if (frame.event === 'presence') return handlePresence(context, membership, identity, frame)
      if (frame.event === 'broadcast') return handleBroadcast(membership, channel, frame)
      if (frame.event === 'phx_leave') {
        connection.reply(frame, 'ok')
        return end('phx_close')
      }
      return connection.reply(frame, 'error', { reason: 'unknown event' })
    },
  }
  let stopRows = subscribeRows()
  context.topics.set(topic, members.add(channel))
  return channel
}

function isSamePerson(a: Identity, b: Identity): boolean {
  return a.role === 'authenticated' && b.role === 'authenticated' && a.caller.id === b.caller.id
}

function expired(agoMs: number): SystemProblem {
  return { extension: 'system', message: `Token has expired ${Math.floor(agoMs / 1000)} seconds ago` }
}

/** A token that fails ends the channel; one that could not be looked at has it joined again. */
function endOf(error: unknown): ['phx_close' | 'phx_error', SystemProblem] {
  return error instanceof AuthorizationError
    ? ['phx_close', { extension: 'system', message: error.message }]
    : ['phx_error', { extension: 'system', message: 'The token could not be checked' }]
}
