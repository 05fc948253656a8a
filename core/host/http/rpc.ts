import { BodyLimitPlugin, RPCHandler as FetchHandler } from '@orpc/server/fetch'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import type { StandardRPCHandlerOptions } from '@orpc/server/standard'
import type { Context } from '../../access/context'
import { isCuratorCallHere, isStaffCall } from '../../access/procedure'
import { router } from '../../api/router'
import { mostPieceBytes } from '../../celebrities/contract-import'
import type { Importer } from '../../celebrities/import/importer'
import type { StagedImages } from '../../celebrities/import/staging/staged-image'
import type { WorkMachine } from '../../jobs/worker/limits'
import { mostPhotoBytes } from '../../matching/contract-search'
import type { ModelMachine } from '../../models/machine'
import type { SampleLoader } from '../../samples/loader'
import type { Connector } from '../../servers/connector'

type AppContext = Context & {
  samples: SampleLoader
  connector: Connector
  models: ModelMachine
  machine: WorkMachine
  imports: Importer
  stagedImages: StagedImages
}

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
  const handlerOf = (maxBodySize: number) =>
    new FetchHandler<AppContext>(router, { ...options, plugins: [new BodyLimitPlugin({ maxBodySize })] })
  const fetchHandler = handlerOf(1_000_000)
  // The calls with bytes in them: everything else is uploaded to Storage.
  const largeHandlers: Record<string, { handler: FetchHandler<AppContext>; isAllowed: typeof isStaffCall }> =
    {
      '/rpc/matching/searchByPhoto': { handler: handlerOf(mostPhotoBytes + 100_000), isAllowed: isStaffCall },
      '/rpc/imports/upload': { handler: handlerOf(mostPieceBytes + 100_000), isAllowed: isCuratorCallHere },
    }
  const portHandler = new PortHandler<AppContext>(router, options)
  const contextFor = (local: boolean): AppContext => ({ ...host, request: { authorization: null, local } })

  return {
    async handleRequest(request, { local }) {
      const context = contextFor(local)
      const large = largeHandlers[new URL(request.url).pathname]
      const handler =
        large && (await large.isAllowed(asCaller(request, context))) ? large.handler : fetchHandler
      const result = await handler.handle(request, { prefix: '/rpc', context })
      return result.matched ? result.response : null
    },
    handlePort(port) {
      portHandler.upgrade(port, { context: contextFor(true) })
    },
  }
}

/** A body is read into memory whole, and a stranger's of megabytes is not. */
function asCaller(request: Request, context: AppContext): AppContext {
  const authorization = request.headers.get('authorization')
  return { ...context, request: { ...context.request, authorization } }
}
