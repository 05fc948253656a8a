import type { z } from 'zod'
import type { Check, connectionInputSchema, CurrentServers } from './contract'

export type ConnectionGiven = z.output<typeof connectionInputSchema>

export interface Restart {
  host: 'restarting' | 'manually'
}

/** What the host can say and change of its own connection. */
export interface Connector {
  /** Whether the host could not start: then whoever sits at this machine may mend its connection. */
  readonly isRescue: boolean
  current(): Promise<CurrentServers>
  /** Looks at everything that a connection needs, changing nothing. */
  test(given: ConnectionGiven, signal?: AbortSignal): AsyncGenerator<Check, void>
  /** @throws SemblanceError see `serversContract.save` */
  save(given: ConnectionGiven, options: { unprotected: boolean }): Promise<Restart>
  forget(): Promise<Restart>
  restore(): Promise<Restart>
}
