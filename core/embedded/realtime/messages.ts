import type { Identity } from '../gateway'
import type { Channel, Connection, RealtimeContext } from './context'
import { encodeBytesBroadcast, type Frame } from './frames'
import type { Join } from './join'
import { onlineTopic } from './last-seen'
import type { Presence } from './presence'

/** What a member of a topic is there as. */
export interface Membership {
  topic: string
  join: Join
  connection: Connection
  /** All who have joined the topic. */
  members: ReadonlySet<Channel>
  /** What it tracks. */
  presence: Presence | null
}

/** Levels that a tracked state may be nested. */
const deepestState = 32

interface Message {
  event?: unknown
  payload?: unknown
}

/**
 * Answers `track` and `untrack`.
 *
 * @param identity as whom the client's token lets it act
 */
export function handlePresence(
  context: RealtimeContext,
  member: Membership,
  identity: Identity,
  frame: Frame,
): void {
  const { topic, connection } = member
  const { event, payload } = (frame.payload ?? {}) as Message
  if (event === 'untrack') {
    if (member.presence) context.presences.untrack(topic, member.presence)
    member.presence = null
    return connection.reply(frame, 'ok')
  }
  if (event !== 'track') return connection.reply(frame, 'error', { reason: 'unknown presence event' })
  const state = readState(payload, context.limits.presenceBytes)
  if (typeof state === 'string') return connection.reply(frame, 'error', { reason: state })
  const key = keyOf(member, identity)
  if (key === null) {
    return connection.reply(frame, 'error', { reason: 'Only who is signed in may be present on this topic' })
  }
  const tracked = context.presences.track(topic, key, state, member.presence)
  if (!tracked) return connection.reply(frame, 'error', { reason: 'Too many are present on this topic' })
  member.presence = tracked
  connection.reply(frame, 'ok')
}

/**
 * Under which key a member is present. Who is online is told by the topic `presence-global`: there it is the person of the
 * token, whatever key was asked for, and null where there is no person. Elsewhere a key is what clients say.
 */
function keyOf({ topic, join }: Membership, identity: Identity): string | null {
  if (topic !== onlineTopic) return join.presence.key
  return identity.role === 'authenticated' ? identity.caller.id : null
}

/** A member whose token is another's now is no longer there as the person before; who is online tracks anew. */
export function leaveAs(previous: Identity, context: RealtimeContext, member: Membership): void {
  const { topic, members, presence } = member
  context.lastSeen.left(topic, previous, members)
  if (topic !== onlineTopic || !presence) return
  context.presences.untrack(topic, presence)
  member.presence = null
}

/** What a client tracks, as an object; a text instead says what is wrong with it. */
function readState(value: unknown, mostBytes: number): object | string {
  const state = value ?? {}
  if (typeof state !== 'object' || Array.isArray(state)) return 'What is tracked must be an object'
  if (!isShallow(state, deepestState)) return 'What is tracked is nested too deep'
  if (Buffer.byteLength(JSON.stringify(state)) > mostBytes) {
    return `What is tracked is larger than ${mostBytes} bytes`
  }
  return state
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((part) => isShallow(part, levels - 1))
}

/** Hands a message on to all others of the topic. */
export function handleBroadcast(member: Membership, sender: Channel, frame: Frame): void {
  const { topic, connection, join, members } = member
  const { event, payload } = (frame.payload ?? {}) as Message
  if (typeof event !== 'string') {
    return connection.reply(frame, 'error', { reason: 'A broadcast needs the name of an event' })
  }
  const receivers = [...members].filter((receiver) => receiver !== sender || join.echo)
  if (Buffer.isBuffer(payload)) {
    const bytes = encodeBytesBroadcast(topic, event, payload)
    for (const receiver of receivers) receiver.connection.sendBytes(bytes)
  } else {
    const text = stringify(frame.payload)
    if (text === null) return connection.reply(frame, 'error', { reason: 'The payload is nested too deep' })
    for (const receiver of receivers) receiver.push('broadcast', text)
  }
  if (join.acknowledge) connection.reply(frame, 'ok')
}

/** Null for what is nested deeper than can be written. */
function stringify(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}
