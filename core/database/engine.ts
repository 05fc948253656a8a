import type { Pool, PoolClient } from 'pg'

/** Called with a notification's payload, or with null where some may have been missed: anything may have changed. */
export type NotificationHandler = (payload: string | null) => void

/** Why the database can't be reached, and what is done about it. */
export interface Outage {
  since: Date
  /** A sentence for a person. */
  reason: string
  /** When it is tried again by itself; a call tries it earlier. */
  nextTryAt: Date
}

/** Whether the database can be reached, as its calls and probes found it. */
export interface Health {
  outage(): Outage | null
  /** Tells when an outage begins, is found to last, and ends (null). Gives a function that ends the subscription. */
  onOutage(listener: (outage: Outage | null) => void): () => void
  /** Before a call: in an outage it tries the database once more, all calls together, and refuses soon. */
  admit(): Promise<void>
  /**
   * After a failure that looks like an outage: resolves where the database answers all the same.
   * @throws SemblanceError UNAVAILABLE where it doesn't
   */
  check(): Promise<void>
}

/** LISTEN was accepted and hears nothing: there is a pooler in transaction mode in between. */
export class NotificationsUnavailable extends Error {
  override readonly name = 'NotificationsUnavailable'
  constructor() {
    super('Notifications do not arrive: a pooler in transaction mode stands in between.')
  }
}

/**
 * Connections that log in as a role that can become anon and authenticated and nothing else. The embedded database has
 * one connection, which is its superuser's: there the role of the transaction alone protects.
 */
export interface CallerConnections {
  /**
   * Makes the login where it is missing and proves it, once for all.
   * @throws SemblanceError UNAVAILABLE or BAD_REQUEST where there is none that can be used, with the SQL that makes it
   */
  open(): Promise<unknown>
  /** One of them, which goes back by its `release`. Opens what isn't yet. */
  connect(): Promise<PoolClient>
}

/** A database that can be talked to: a PostgreSQL server, or the embedded one. Both speak through `pg`. */
export interface Engine {
  readonly kind: 'pglite' | 'postgres'
  /** Where the data is: a directory, or host and database name. Never a password. */
  readonly location: string
  /** Logged in as the owner of the schema. */
  readonly pool: Pool
  readonly callers: CallerConnections
  /** The embedded one has none: its thread is started again by itself. */
  readonly health?: Health
  /**
   * Resolves once notifications arrive; call the result to stop.
   * @throws NotificationsUnavailable where they never will
   */
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>
  /** Waits for open transactions, on a server for two seconds, then ends. Calling it again changes nothing. */
  close(): Promise<void>
}

/** Either a PostgreSQL URL (`postgres://user:password@host:5432/name?sslmode=require`), or an engine that is open. */
export type Source = { url: string } | { engine: Engine }
