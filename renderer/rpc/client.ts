import { createORPCClient } from '@orpc/client'
import type { Client } from '../../core/api/contract'
import { authorized, type Tokens } from './authorization'
import { httpLink } from './http'
import { messagePortLink } from './message-port'

/**
 * The client of the host: over a MessagePort in the desktop window (`app:`), over HTTP in a browser. Call it before
 * the window's load event ends, so that the port finds a listener.
 */
export function createClient(tokens: Tokens): Client {
  const link = window.location.protocol === 'app:' ? messagePortLink() : httpLink()
  return createORPCClient(authorized(link, tokens))
}
