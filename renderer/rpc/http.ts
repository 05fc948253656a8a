import { RPCLink } from '@orpc/client/fetch'
import { tokenHeaders, type Link } from './authorization'

/** The transport in a browser: HTTP to the host that served the page. */
export function httpLink(): Link {
  return new RPCLink({ url: `${window.location.origin}/rpc`, headers: tokenHeaders })
}
