import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Database } from '../database/connect'
import { createAccessTokenVerifier, roleOfKey, type Clock } from './gateway'
import type { Keys } from './keys'
import { createAuthorizer } from './realtime/authorize'
import { closeCodes, serveConnection, type LiveConnection } from './realtime/connection'
import type { RealtimeContext } from './realtime/context'
import type { Version } from './realtime/frames'
import { createLastSeen } from './realtime/last-seen'
import { defaultLimits, type RealtimeLimits } from './realtime/limits'
import { createPresenceBoard } from './realtime/presence'
import { createRowChanges } from './realtime/row-changes'

export interface RealtimeOptions {
  database: Database
  keys: Keys
  /** The project's base URL, e.g. `http://127.0.0.1:4310`. Handshakes must name its host. */
  url: string
  /** Web origins that may connect. Default: none; what is no browser names no origin and may. */
  origins?: readonly string[]
  limits?: Partial<RealtimeLimits>
  /** Default: the machine's time. */
  clock?: Clock
  /** Told of what went wrong within. Default: nobody. */
  onError?: (error: unknown) => void
}

/** The service; whoever holds the port hands it the handshakes. */
export interface Realtime {
  /** Answers a WebSocket handshake of `/realtime/v1/websocket`, and refuses any other. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Says goodbye to every client and resolves when nothing is left, after a few seconds at most. */
  close(): Promise<void>
}

/** How long clients and the database have at the end. */
const goodbyeMs = { clients: 500, database: 2000 }

/**
 * The subset of Supabase Realtime that Semblance uses: row changes under row-level security, presence, broadcast.
 * There are no private channels.
 */
export function createRealtime(options: RealtimeOptions): Realtime {
  const context = createContext(options)
  const { limits } = context
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
  })
  const connections = new Set<LiveConnection>()
  const sweeping = setInterval(() => {
    for (const connection of connections) connection.endIfIdle(limits.idleMs)
  }, limits.idleMs / 3)
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    clearInterval(sweeping)
    for (const connection of connections) connection.close(closeCodes.goingAway, 'The host is closing')
    for (let waited = 0; connections.size > 0 && waited < goodbyeMs.clients; waited += 20) await sleep(20)
    for (const connection of connections) {
      for (const channel of [...connection.channels.values()]) channel.end(null)
      connection.terminate()
    }
    const finish = Promise.all([context.lastSeen.settled(), context.rows.close().catch(context.onError)])
    const patience = new AbortController()
    await Promise.race([finish, sleep(goodbyeMs.database, undefined, { signal: patience.signal })])
    patience.abort()
    context.presences.close()
    server.close()
  }

  return {
    handleUpgrade(request, socket, head) {
      socket.on('error', () => undefined)
      const handshake = readHandshake(request, options)
      if ('status' in handshake) return refuse(socket, handshake)
      if (closing || connections.size >= limits.sockets) {
        return refuse(socket, { status: '503 Service Unavailable', message: 'Too many connections' })
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = serveConnection(context, webSocket, handshake)
        connections.add(connection)
        webSocket.on('close', () => connections.delete(connection))
      })
    },
    close: () => (closing ??= closeAll()),
  }
}

function createContext(options: RealtimeOptions): RealtimeContext {
  const { database, keys, url, clock = () => new Date(), onError = () => undefined } = options
  const limits = { ...defaultLimits, ...options.limits }
  const topics: RealtimeContext['topics'] = new Map()
  return {
    ...{ limits, clock, topics, onError },
    authorize: createAuthorizer({
      ...{ database, keys, clock },
      verify: createAccessTokenVerifier({ keys, url, clock }),
    }),
    rows: createRowChanges({ database, clock, limits, onError }),
    presences: createPresenceBoard({
      presencesPerTopic: limits.presencesPerTopic,
      onDiff(topic, diff) {
        for (const channel of topics.get(topic) ?? []) {
          if (channel.hearsPresence) channel.push('presence_diff', diff)
        }
      },
    }),
    lastSeen: createLastSeen(database, onError),
  }
}

interface Refusal {
  status: string
  message: string
}

interface Handshake {
  version: Version
  identity: { role: 'anon' } | { role: 'service_role' }
}

/**
 * A page of another site whose name was made to resolve to 127.0.0.1 names its own host, and one that merely connects
 * here its own origin; neither is let in.
 */
function readHandshake(
  request: IncomingMessage,
  { keys, url, origins = [] }: RealtimeOptions,
): Handshake | Refusal {
  const { host, origin, apikey: header } = request.headers
  if (host !== new URL(url).host) return { status: '403 Forbidden', message: 'Unknown host' }
  if (origin !== undefined && !origins.includes(origin)) {
    return { status: '403 Forbidden', message: 'This origin may not connect' }
  }
  const asked = parseTarget(request.url ?? '', url)
  if (asked?.pathname !== '/realtime/v1/websocket') return { status: '404 Not Found', message: 'Not found' }
  const key = asked.searchParams.get('apikey') ?? header
  const role = typeof key === 'string' ? roleOfKey(keys, key) : null
  if (!role) return { status: '401 Unauthorized', message: 'Invalid API key' }
  const version = asked.searchParams.get('vsn') ?? '1.0.0'
  if (version !== '1.0.0' && version !== '2.0.0') {
    return { status: '403 Forbidden', message: 'Unknown version of the protocol' }
  }
  return { version, identity: { role } }
}

/** Null for a request target that is no URL. */
function parseTarget(target: string, base: string): URL | null {
  try {
    return new URL(target, base)
  } catch {
    return null
  }
}

function refuse(socket: Duplex, { status, message }: Refusal): void {
  const head = ['Connection: close', 'Content-Type: text/plain', `Content-Length: ${message.length}`]
  // Whoever keeps its half open would keep the port from closing.
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${message}`, () => socket.destroy())
}
