import type { ClientContext, ClientLink } from '@orpc/client'

/** The access token of whoever is signed in; undefined for nobody. Asked at every call, as tokens are renewed. */
export type GetToken = () => Promise<string | undefined>

/** Either transport. */
export type Link = ClientLink<ClientContext>

/** The headers that tell the host who calls. */
export function authorization(getToken: GetToken): () => Promise<Record<string, string>> {
  return async () => {
    const token = await getToken()
    const headers: Record<string, string> = {}
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    return headers
  }
}
