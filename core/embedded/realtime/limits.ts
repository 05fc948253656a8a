/** So many at once, then so many a second. */
export interface Rate {
  burst: number
  perSecond: number
}

/** What one client may ask of the service. None of it is reached by the application itself. */
export interface RealtimeLimits {
  /** Connections at a time. */
  sockets: number
  channelsPerSocket: number
  /** Row subscriptions of one channel. */
  bindingsPerChannel: number
  /** Joins of one connection. */
  joins: Rate
  /** Frames of one connection. */
  frames: Rate
  /** The largest frame that is read, in bytes. */
  frameBytes: number
  /** The largest state that a client may track, in bytes of JSON. */
  presenceBytes: number
  presencesPerTopic: number
  /** Bytes that wait for a client that does not read; beyond, it is cut off. */
  bufferedBytes: number
  /** Changed rows of a table that wait to be read; beyond, subscribers are told to ask again. */
  pendingRows: number
  /** A connection that says nothing for so long is taken for dead. Clients send a heartbeat every 25 s. */
  idleMs: number
}

export const defaultLimits: RealtimeLimits = {
  sockets: 1000,
  channelsPerSocket: 100,
  bindingsPerChannel: 100,
  joins: { burst: 200, perSecond: 20 },
  frames: { burst: 1000, perSecond: 200 },
  frameBytes: 256 * 1024,
  presenceBytes: 8 * 1024,
  presencesPerTopic: 2000,
  bufferedBytes: 8 * 1024 * 1024,
  pendingRows: 2000,
  idleMs: 75_000,
}

/** @returns a function that takes one of what the rate allows, or says that there is none left */
export function createMeter({ burst, perSecond }: Rate): () => boolean {
  let left = burst
  let at = performance.now()
  return () => {
    const now = performance.now()
    left = Math.min(burst, left + ((now - at) / 1000) * perSecond)
    at = now
    if (left < 1) return false
    left -= 1
    return true
  }
}
