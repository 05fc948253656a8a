import { desktopOrigin } from '../core/host/http/pages'

/** The page that the window shows once the host is up. */
export const consoleUrl = `${desktopOrigin}/console/`

/** What the link of the failure page leads to; the window starts the host again in place of going there. */
export const retryUrl = `${desktopOrigin}/-/retry`

/** What leads from the failure page back to the connection before. */
export const formerUrl = `${desktopOrigin}/-/former`

/** The page on which a host that could not start is given another connection. */
export const connectionsUrl = `${consoleUrl}#/connections`

/** Whether the address is one of our own pages or files. */
export function isOwn(text: string): boolean {
  if (!URL.canParse(text)) return false
  // The origin of a scheme of one's own is opaque ("null") to Node, so it is put together here.
  const { protocol, host } = new URL(text)
  return `${protocol}//${host}` === desktopOrigin
}

/** Whether the address is the console, at whatever screen. */
export function isConsole(text: string): boolean {
  return isOwn(text) && new URL(text).pathname.startsWith('/console/')
}

/** Whether the address may be handed to the system: http or https, and no credentials in it. */
export function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'http:' || protocol === 'https:') && !username && !password
}

/**
 * From Electron 43 on, Chromium asks before a page may talk to this machine or its network, where the embedded
 * Supabase and a school's own one are. The content policy says to which of them it really may.
 */
const networkPermissions = new Set(['loopback-network', 'local-network', 'local-network-access'])

/** Whether a page may have a permission. Nothing but the network, and nobody but ourselves. */
export function mayHave(permission: string, requester: string): boolean {
  return networkPermissions.has(permission) && isOwn(requester)
}
