import { AsyncResource } from 'node:async_hooks'
import { createDoors, type Doors } from './as-user'
import { knowsCallerLogins } from './caller-login'
import type { Engine, NotificationHandler, Outage, Source } from './engine'
import { openServer, type ServerOptions } from './server'

export interface Database extends Doors {
  /**
   * Hears a NOTIFY channel. The handler gets null where notifications may have been missed.
   * Resolves once it hears; call the result to stop.
   * @throws NotificationsUnavailable where a pooler in transaction mode stands in between
   */
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>
  readonly engine: Engine['kind']
  /** Where the data is: a directory, or host and database name. Never a password. */
  readonly location: string
  /** Since when and why the server can't be reached, and when it is tried again; null while it can. */
  outage(): Outage | null
  /** Tells when an outage begins, is found to last, and ends (null). Gives a function that ends the subscription. */
  onOutage(listener: (outage: Outage | null) => void): () => void
  /** Waits for open transactions, then closes the engine too. Calling it again changes nothing. */
  close(): Promise<void>
}

/**
 * Connects to a PostgreSQL server, or takes an engine that is open. On a server that has been migrated, callers' login
 * is made where it is missing, and proved; on one that has not, that comes with the first caller.
 *
 * @throws SemblanceError BAD_REQUEST for an unusable URL or a login of callers that could do too much, UNAVAILABLE where
 *   the server can't be reached or callers have no login, with what to do
 */
export async function connectDatabase(source: Source, options: ServerOptions = {}): Promise<Database> {
  const engine = await openSource(source, options)
  try {
    const isThere = engine.kind === 'postgres' && !engine.health?.outage()
    if (isThere && (await knowsCallerLogins(engine.pool))) await engine.callers.open()
  } catch (error) {
    if ('url' in source) await engine.close()
    throw error
  }
  return {
    ...createDoors(engine),
    // Not in the surroundings of whoever's query happens to bring the notification.
    listen: (channel, handler) => engine.listen(channel, AsyncResource.bind(handler)),
    engine: engine.kind,
    location: engine.location,
    outage: () => engine.health?.outage() ?? null,
    onOutage: (listener) => engine.health?.onOutage(AsyncResource.bind(listener)) ?? (() => undefined),
    close: () => engine.close(),
  }
}

/** The engine behind a source; whoever asks for one by URL closes it. */
export async function openSource(source: Source, options: ServerOptions = {}): Promise<Engine> {
  return 'engine' in source ? source.engine : openServer(source.url, options)
}
