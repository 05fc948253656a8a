import { RPCLink } from '@orpc/client/fetch'
import { authorization, type GetToken, type Link } from './authorization'

/** The transport in a browser: HTTP to the host that served the page. */
export function httpLink(getToken: GetToken): Link {
  return new RPCLink({ url: `${window.location.origin}/rpc`, headers: authorization(getToken) })
}
