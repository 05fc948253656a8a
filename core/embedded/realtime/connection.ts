import type { RawData, WebSocket } from 'ws'
import type { Identity } from '../gateway'
import type { Channel, Connection, RealtimeContext } from './context'
import { decodeFrame, encodeFrame, FrameError, type Frame, type Version } from './frames'
import { joinChannel } from './join-channel'
import { createMeter } from './limits'

/** Close codes: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 and IANA's registry. */
export const closeCodes = { goingAway: 1001, malformed: 1007, policy: 1008, tryAgainLater: 1013 }
/** Frames of one client that wait for those before them. */
const longestQueue = 1000

/** A client that is connected, as the service sees it. */
export interface LiveConnection extends Connection {
  /** Ends a connection that has said nothing for so long. */
  endIfIdle(idleMs: number): void
  close(code: number, reason: string): void
  terminate(): void
}

/** Serves a WebSocket whose handshake is done, until it closes. */
export function serveConnection(
  context: RealtimeContext,
  socket: WebSocket,
  { version, identity }: { version: Version; identity: Identity },
): LiveConnection {
  const channels = new Map<string, Channel>()
  const mayJoin = createMeter(context.limits.joins)
  const maySend = createMeter(context.limits.frames)
  let heardAt = performance.now()
  let waiting = 0
  let turn = Promise.resolve()

  function send(data: string | Buffer): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > context.limits.bufferedBytes) {
      // It does not read: a close frame would wait behind all the rest. Its client connects again, and asks again.
      return socket.terminate()
    }
    socket.send(data)
  }

  /** One frame after the other, since a join takes a while and what follows counts on it. */
  function receive(data: RawData, isBinary: boolean): void {
    heardAt = performance.now()
    if (!maySend()) return socket.close(closeCodes.policy, 'Too many messages per second')
    const frame = readFrame(data as Buffer, isBinary)
    if (!frame) return
    if (frame.topic === 'phoenix') return connection.reply(frame, 'ok')
    if (waiting >= longestQueue) return socket.close(closeCodes.policy, 'Too many messages are waiting')
    waiting += 1
    turn = turn.then(async () => {
      waiting -= 1
      await answer(frame)
    })
  }

  function readFrame(data: Buffer, isBinary: boolean): Frame | null {
    try {
      return decodeFrame(data, isBinary, version)
    } catch (error) {
      if (!(error instanceof FrameError)) context.onError(error)
      socket.close(closeCodes.malformed, error instanceof FrameError ? error.message : 'Malformed frame')
      return null
    }
  }

  async function answer(frame: Frame): Promise<void> {
    if (!connection.isOpen) return
    try {
      if (frame.event === 'phx_join') return await joinChannel(context, connection, frame)
      const channel = channels.get(frame.topic)
      if (!channel) return connection.reply(frame, 'error', { reason: 'unmatched topic' })
      await channel.handle(frame)
    } catch (error) {
      context.onError(error)
      connection.reply(frame, 'error', { reason: 'Unknown Error on Channel' })
    }
  }

  const connection: LiveConnection = {
    version,
    identity,
    channels,
    mayJoin,
    get isOpen() {
      return socket.readyState === socket.OPEN
    },
    push: (frame, payload) => send(encodeFrame(frame, payload, version)),
    reply(frame, status, response = {}) {
      const { joinRef, ref, topic } = frame
      if (ref === null) return
      send(
        encodeFrame(
          { joinRef, ref, topic, event: 'phx_reply' },
          JSON.stringify({ status, response }),
          version,
        ),
      )
    },
    sendBytes: (bytes) => version === '2.0.0' && send(bytes),
    endIfIdle: (idleMs) => performance.now() - heardAt > idleMs && socket.terminate(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  }
  // A frame that is too large or not as the protocol wants it; ws closes by itself then.
  socket.on('error', () => undefined)
  socket.on('message', receive)
  socket.on('close', () => {
    for (const channel of [...channels.values()]) channel.end(null)
  })
  return connection
}
