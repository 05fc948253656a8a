import type { Pool } from 'pg'

/** Called with a notification's payload, or with null where some may have been missed: anything may have changed. */
export type NotificationHandler = (payload: string | null) => void

/** A database that can be talked to: a PostgreSQL server, or the embedded one. Both speak through `pg`. */
export interface Engine {
  readonly kind: 'pglite' | 'postgres'
  /** Where the data is: a directory, or host and database name. Never a password. */
  readonly location: string
  readonly pool: Pool
  /** Resolves once notifications arrive; call the result to stop. */
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>
  /** Waits for open transactions, then ends. Calling it again changes nothing. */
  close(): Promise<void>
}

/** Either a PostgreSQL URL (`postgres://user:password@host:5432/name?sslmode=require`), or an engine that is open. */
export type Source = { url: string } | { engine: Engine }
