/** Phoenix frames as Supabase's clients write them: JSON arrays (2.0.0) or objects (1.0.0), broadcasts also in bytes. */

export type Version = '1.0.0' | '2.0.0'

export interface Frame {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  payload: unknown
}

/** A frame that is none; its message goes to the client. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

const longestRef = 64
const longestEvent = 255
const userBroadcastPush = 3
const userBroadcast = 4
const jsonEncoding = 1

/**
 * Reads what a client sent.
 *
 * @throws FrameError
 */
export function decodeFrame(data: Buffer, isBinary: boolean, version: Version): Frame {
  if (isBinary) return decodeBroadcastPush(data)
  const parsed = parseJson(data)
  if (version === '2.0.0') {
    if (!Array.isArray(parsed) || parsed.length !== 5) throw new FrameError('A frame is an array of five.')
    const [joinRef, ref, topic, event, payload] = parsed as unknown[]
    return checkFrame({ joinRef, ref, topic, event, payload })
  }
  if (typeof parsed !== 'object' || parsed === null) throw new FrameError('A frame is an object.')
  const { join_ref: joinRef, ref, topic, event, payload } = parsed as Record<string, unknown>
  return checkFrame({ joinRef, ref, topic, event, payload })
}

/** A frame as text. The payload may be given as JSON already, where many receive the same. */
export function encodeFrame(frame: Omit<Frame, 'payload'>, payload: string, version: Version): string {
  const [joinRef, ref, topic, event] = [frame.joinRef, frame.ref, frame.topic, frame.event].map((part) =>
    JSON.stringify(part),
  )
  return version === '2.0.0'
    ? `[${joinRef},${ref},${topic},${event},${payload}]`
    : `{"join_ref":${joinRef},"ref":${ref},"topic":${topic},"event":${event},"payload":${payload}}`
}

/** A broadcast whose payload is bytes. Only clients of 2.0.0 read it. */
export function encodeBytesBroadcast(topic: string, event: string, payload: Buffer): Buffer {
  const [topicBytes, eventBytes] = [Buffer.from(topic), Buffer.from(event)]
  const head = Buffer.from([userBroadcast, topicBytes.length, eventBytes.length, 0, 0])
  return Buffer.concat([head, topicBytes, eventBytes, payload])
}

function decodeBroadcastPush(data: Buffer): Frame {
  const [kind, joinRefSize, refSize, topicSize, eventSize, metadataSize, encoding] = data
  const sizes = [joinRefSize, refSize, topicSize, eventSize, metadataSize]
  if (kind !== userBroadcastPush || encoding === undefined) throw new FrameError('Unknown kind of frame.')
  const parts: Buffer[] = []
  let offset = 7
  for (const size of sizes) {
    parts.push(data.subarray(offset, offset + (size ?? 0)))
    offset += size ?? 0
  }
  if (offset > data.length) throw new FrameError('The frame ends before its header does.')
  const [joinRef, ref, topic, event] = parts.map((part) => part.toString('utf8'))
  const rest = data.subarray(offset)
  return checkFrame({
    joinRef: joinRef === '' ? null : joinRef,
    ref: ref === '' ? null : ref,
    topic,
    event: 'broadcast',
    payload: {
      type: 'broadcast',
      event,
      // A copy: what ws hands over is part of a larger buffer.
      payload: encoding === jsonEncoding ? parseJson(rest) : Buffer.from(rest),
    },
  })
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new FrameError('A frame is JSON.', { cause: error })
  }
}

function checkFrame(frame: Record<keyof Frame, unknown>): Frame {
  const { joinRef = null, ref = null, topic, event, payload } = frame
  if (!isRef(joinRef) || !isRef(ref)) throw new FrameError('A ref is a short text or null.')
  if (typeof topic !== 'string' || typeof event !== 'string') {
    throw new FrameError('Topic and event are texts.')
  }
  if (event.length > longestEvent) throw new FrameError('The name of the event is too long.')
  return { joinRef, ref, topic, event, payload }
}

function isRef(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value.length <= longestRef)
}
