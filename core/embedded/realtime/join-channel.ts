import type { Identity } from '../gateway'
import { AuthorizationError } from './authorize'
import { openChannel } from './channel'
import type { Connection, RealtimeContext } from './context'
import type { Frame } from './frames'
import { readJoin, repeatBindings, type Join } from './join'
import { BindingError, type Binding } from './row-bindings'

/** As many bytes as the header of a broadcast in bytes has room for. */
const longestTopic = 255

/** Refused; its message goes to the client. */
class JoinError extends Error {
  override readonly name = 'JoinError'
}

/** Answers `phx_join`. What is refused is answered with a reason, and the connection stays. */
export async function joinChannel(
  context: RealtimeContext,
  connection: Connection,
  frame: Frame,
): Promise<void> {
  try {
    await admit(context, connection, frame)
  } catch (error) {
    const isKnown = error instanceof JoinError || error instanceof AuthorizationError
    if (!isKnown) context.onError(error)
    const reason = isKnown ? error.message : 'Realtime was unable to connect to the project database'
    connection.reply(frame, 'error', { reason })
  }
}

async function admit(context: RealtimeContext, connection: Connection, frame: Frame): Promise<void> {
  const { topic } = frame
  if (!connection.mayJoin()) throw new JoinError('ClientJoinRateLimitReached: Too many joins per second')
  checkTopic(topic)
  const isNew = !connection.channels.has(topic)
  if (isNew && connection.channels.size >= context.limits.channelsPerSocket) {
    throw new JoinError('ChannelRateLimitReached: Too many channels')
  }
  const join = readJoin(frame.payload, context.limits.bindingsPerChannel)
  if (typeof join === 'string') throw new JoinError(join)
  if (join.isPrivate) {
    // Supabase asks policies on realtime.messages, a table that the embedded services do not have.
    const name = topic.slice('realtime:'.length)
    throw new JoinError(`Unauthorized: You do not have permissions to read from this Channel topic: ${name}`)
  }
  const identity = join.accessToken ? await context.authorize(join.accessToken) : connection.identity
  const { bindings, problem } = await bindRows(context, join, identity)
  // The client may have gone meanwhile, and nobody would end this channel.
  if (!connection.isOpen) return
  connection.channels.get(topic)?.end('phx_close')
  const joinRef = frame.joinRef ?? frame.ref
  const channel = openChannel(context, connection, { topic, joinRef, join, identity, bindings })
  connection.channels.set(topic, channel)
  const ids = problem === null ? bindings.map(({ id }) => id) : join.bindings.map((_, index) => -1 - index)
  connection.reply(frame, 'ok', { postgres_changes: repeatBindings(frame.payload, ids) })
  channel.welcome(problem)
}

function checkTopic(topic: string): void {
  if (!topic.startsWith('realtime:')) throw new JoinError('unmatched topic')
  if (topic === 'realtime:') throw new JoinError('TopicNameRequired: You must provide a topic name')
  if (Buffer.byteLength(topic) > longestTopic) throw new JoinError('InvalidTopic: The name is too long')
  if (/\p{Cc}/u.test(topic)) throw new JoinError('InvalidTopic: The name has control characters')
}

/** Supabase lets a client in whose row subscriptions fail, unless it waits for them, and tells it afterwards. */
async function bindRows(
  context: RealtimeContext,
  join: Join,
  identity: Identity,
): Promise<{ bindings: Binding[]; problem: string | null }> {
  if (join.bindings.length === 0) return { bindings: [], problem: null }
  try {
    return { bindings: await context.rows.bind(join.bindings, identity), problem: null }
  } catch (error) {
    if (!(error instanceof BindingError)) throw error
    if (join.waitsForRows) throw new JoinError(error.message)
    return { bindings: [], problem: error.message }
  }
}
