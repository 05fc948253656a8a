import type { Clock, Identity } from '../gateway'
import type { Frame, Version } from './frames'
import type { LastSeen } from './last-seen'
import type { RealtimeLimits } from './limits'
import type { PresenceBoard } from './presence'
import type { RowChanges } from './row-changes'

/** What the channels of all connections share. */
export interface RealtimeContext {
  limits: RealtimeLimits
  clock: Clock
  /** Whom a token or key stands for. Throws AuthorizationError. */
  authorize: (token: string) => Promise<Identity>
  rows: RowChanges
  presences: PresenceBoard
  lastSeen: LastSeen
  /** Who has joined, by topic. */
  topics: Map<string, Set<Channel>>
  onError: (error: unknown) => void
}

/** A client's WebSocket. */
export interface Connection {
  readonly version: Version
  /** As whom its key lets it act where a join brings no token. */
  readonly identity: Identity
  /** What it has joined, by topic. */
  readonly channels: Map<string, Channel>
  /** False once it is closing: nothing is sent any more. */
  readonly isOpen: boolean
  /** @param payload JSON */
  push(frame: Omit<Frame, 'payload'>, payload: string): void
  reply(frame: Frame, status: 'ok' | 'error', response?: object): void
  sendBytes(bytes: Buffer): void
  /** Takes one of the joins that it may make, or says that there is none left. */
  mayJoin(): boolean
}

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
