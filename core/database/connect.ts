import { AsyncResource } from 'node:async_hooks'
import { createDoors, type Doors } from './as-user'
import type { Engine, NotificationHandler, Source } from './engine'
import { openServer, type ServerOptions } from './server'

export interface Database extends Doors {
  /**
   * Hears a NOTIFY channel. The handler gets null where notifications may have been missed.
   * Resolves once it hears; call the result to stop.
   */
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>
  readonly engine: Engine['kind']
  /** Where the data is: a directory, or host and database name. Never a password. */
  readonly location: string
  /** Waits for open transactions, then closes the engine too. Calling it again changes nothing. */
  close(): Promise<void>
}

/**
 * Connects to a PostgreSQL server, or takes an engine that is open.
 *
 * @throws SemblanceError BAD_REQUEST for an unusable URL, UNAVAILABLE where the server can't be reached
 */
export async function connectDatabase(source: Source, options: ServerOptions = {}): Promise<Database> {
  const engine = await openSource(source, options)
  return {
    ...createDoors(engine.pool),
    // Not in the surroundings of whoever's query happens to bring the notification.
    listen: (channel, handler) => engine.listen(channel, AsyncResource.bind(handler)),
    engine: engine.kind,
    location: engine.location,
    close: () => engine.close(),
  }
}

/** The engine behind a source; whoever asks for one by URL closes it. */
export async function openSource(source: Source, options: ServerOptions = {}): Promise<Engine> {
  return 'engine' in source ? source.engine : openServer(source.url, options)
}
