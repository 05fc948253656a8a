import { ORPCError, type ClientContext, type ClientLink } from '@orpc/client'

/** Either transport. */
export type Link = ClientLink<ClientContext>

/** The access token of whoever is signed in. */
export interface Tokens {
  /** Undefined for nobody. Asked at every call, as tokens are renewed. */
  getToken: () => Promise<string | undefined>
  /** Whether there is another token than this one, which the host has refused. Throws where nobody answers who could renew it. */
  renewed: (refused: string) => Promise<boolean>
}

/** The headers that tell the host who calls, from what {@link authorized} puts into a call's context. */
export function tokenHeaders({ context }: { context: ClientContext }): Record<string, string> {
  const { token } = context as { token?: string }
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

/**
 * Sends every call with the caller's token; one that is refused because its token has ended, once more with the next.
 * Where nobody answers who could renew it, once more with the same: the host, which may not have met that yet, judges
 * again, and where it refuses still, the call fails with who is away.
 */
export function authorized(link: Link, { getToken, renewed }: Tokens): Link {
  return {
    async call(path, input, options) {
      const send = (token: string | undefined) =>
        link.call(path, input, { ...options, context: { ...options.context, token } })
      const token = await getToken()
      try {
        return await send(token)
      } catch (error) {
        if (token === undefined || !isRefusal(error)) throw error
        let away: unknown
        const mayHelp = await renewed(token).catch((problem: unknown) => {
          away = problem
          return true
        })
        if (!mayHelp) throw error
        return send(await getToken()).catch((again: unknown) => {
          throw away !== undefined && isRefusal(again) ? away : again
        })
      }
    },
  }
}

const isRefusal = (error: unknown) => error instanceof ORPCError && error.code === 'UNAUTHORIZED'
