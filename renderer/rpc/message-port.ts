import { DynamicLink } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { tokenHeaders, type Link } from './authorization'
import { HostAwayError } from './errors'

/** How long a call waits for the host's port at start and after the host was restarted, in milliseconds. */
const portTimeout = 10_000

/**
 * The transport in the desktop window. The preload posts the string `port` with a MessagePort to the host; after the
 * host was restarted it posts another one, and calls go there. Calls that find no port wait for it.
 */
export function messagePortLink(): Link {
  let link: Link | undefined
  const waiting = new Set<(link: Link) => void>()

  window.addEventListener('message', (event) => {
    const port = event.ports[0]
    if (event.source !== window || event.data !== 'port' || !port) return
    const arrived: Link = new RPCLink({ port, headers: tokenHeaders })
    port.addEventListener('close', () => {
      if (link === arrived) link = undefined
    })
    port.start()
    link = arrived
    for (const go of waiting) go(arrived)
    waiting.clear()
  })

  const nextLink = () =>
    new Promise<Link>((resolve, reject) => {
      const go = (arrived: Link) => {
        clearTimeout(timer)
        resolve(arrived)
      }
      const timer = setTimeout(() => {
        waiting.delete(go)
        reject(new HostAwayError())
      }, portTimeout)
      waiting.add(go)
    })

  return new DynamicLink(() => link ?? nextLink())
}
