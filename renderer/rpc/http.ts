import type { ClientLink } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { authorization, type GetToken } from './authorization'

/** The transport in a browser: HTTP to the host that served the page. */
export function httpLink(getToken: GetToken): ClientLink<Record<never, never>> {
  return new RPCLink({ url: `${window.location.origin}/rpc`, headers: authorization(getToken) })
}
