import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import type { Logger } from 'pino'
import type { Context } from '../../access/context'
import { answerErrors } from '../../access/procedure'
import { SemblanceError } from '../../model/errors'
import { overviewContract } from '../../overview/contract'
import type { Connector } from '../../servers/connector'
import { serversProcedures } from '../../servers/procedures'
import { createConnector, type HostControl } from '../connection/connector'
import { baseConfig, connectionSource } from '../load-config'
import { describeFailure } from '../output'
import type { Port } from '../http/rpc'

/** What stands in for a host that could not start: enough of one to give it another connection. */
export interface Rescue {
  message: string
  /** Whether another connection may help: there is one to blame, and the data directory is nobody else's. */
  mayConnect: boolean
  /** The connection before this one, by name; null where there is none to go back to. */
  former: string | null
  connector: Connector
  /** Answers a window of this machine: the Connections page, and why there is nothing else. */
  handlePort(port: Port): void
}

type RescueContext = Context & { connector: Connector }

/** @param error why the host could not start */
export async function openRescue(
  error: unknown,
  { log, control }: { log: Logger; control: Omit<HostControl, 'failure'> },
): Promise<Rescue> {
  const message = describeFailure(error)
  const config = baseConfig(control.environment)
  const connector = createConnector({ ...control, config, failure: message, running: null })
  const source = await connectionSource(config.home, control.environment)
  const isHeld =
    error instanceof SemblanceError && error.code === 'CONFLICT' && 'holder' in (error.data ?? {})
  const { former } = await connector.current()
  const hello = implement(overviewContract)
    .$context<Context>()
    .use(answerErrors)
    .hello.handler(() => {
      throw new SemblanceError('UNAVAILABLE', message, { rescue: true })
    })
  const handler = new RPCHandler<RescueContext>({ overview: { hello }, servers: serversProcedures })
  // Of a host these procedures touch nothing else while they are open to whoever sits here: see isRescue.
  const context = { connector, log, request: { authorization: null, local: true } } as RescueContext
  return {
    message,
    mayConnect: source !== 'default' && !isHeld,
    former: source === 'saved' && !isHeld ? former : null,
    connector,
    handlePort: (port) => handler.upgrade(port, { context }),
  }
}
