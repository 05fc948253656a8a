import { BodyLimitPlugin, RPCHandler as FetchHandler } from '@orpc/server/fetch'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import type { StandardRPCHandlerOptions } from '@orpc/server/standard'
import type { Context } from '../access/context'
import { router } from '../api/router'
import type { SampleLoader } from '../samples/loader'
import type { Connector } from '../servers/connector'

type AppContext = Context & { samples: SampleLoader; connector: Connector }

/** The host's parts, without who is asking. */
export type HostContext = Omit<AppContext, 'request'>

/** A MessagePort of the browser's or of Electron's kind. */
export type Port = Parameters<PortHandler<AppContext>['upgrade']>[0]

export interface Rpc {
  /** Answers a call under `/rpc`, or gives null where nothing has that name. */
  handleRequest(request: Request, options: { local: boolean }): Promise<Response | null>
  /** Answers the calls that come over a port from a window of this machine. */
  handlePort: (port: Port) => void
}

/** The one router on both transports; a call's `authorization` header goes into its context. */
export function createRpc(host: HostContext): Rpc {
  const options: StandardRPCHandlerOptions<AppContext> = {
    rootInterceptors: [
      // Either transport carries headers with each call, so the token that was refreshed last is the one that counts.
      (call) => {
        const header = call.request.headers.authorization
        const authorization = (Array.isArray(header) ? header[0] : header) ?? null
        const request = { ...call.context.request, authorization }
        return call.next({ ...call, context: { ...call.context, request } })
      },
    ],
  }
  const fetchHandler = new FetchHandler<AppContext>(router, {
    ...options,
    plugins: [new BodyLimitPlugin({ maxBodySize: 1_000_000 })],
  })
  const portHandler = new PortHandler<AppContext>(router, options)
  const contextFor = (local: boolean): AppContext => ({ ...host, request: { authorization: null, local } })

  return {
    async handleRequest(request, { local }) {
      const result = await fetchHandler.handle(request, { prefix: '/rpc', context: contextFor(local) })
      return result.matched ? result.response : null
    },
    handlePort(port) {
      portHandler.upgrade(port, { context: contextFor(true) })
    },
  }
}
