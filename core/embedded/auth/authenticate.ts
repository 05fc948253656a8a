import type { Context } from 'hono'
import { bearerToken, createAccessTokenVerifier, roleOfKey } from '../gateway'
import type { AuthContext } from './context'
import { AuthError, noAuthorization, sessionNotFound, userNotFound } from './errors'
import { findOpenSession, type OpenSession } from './sessions'
import { findUserById, isBanned, type UserRow } from './users'

/** The user and session of a request's bearer token. Throws as the protocol has it, see {@link AuthError}. */
export type Authenticate = (c: Context) => Promise<{ user: UserRow; session: OpenSession }>

export function createAuthenticator({ database, keys, url, clock }: AuthContext): Authenticate {
  const verify = createAccessTokenVerifier({ keys, url, clock })
  return async (c) => {
    const token = bearerToken(c.req.header('authorization'))
    if (!token) throw noAuthorization()
    if (roleOfKey(keys, token)) throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim')
    const claims = await verify(token).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : 'unable to parse'
      throw new AuthError(403, 'bad_jwt', `invalid JWT: ${reason}`, {}, { cause: error })
    })
    const sessionId = claims.session_id
    if (typeof sessionId !== 'string') throw sessionNotFound()
    return database.asOwner(async (trx) => {
      const user = await findUserById(trx, claims.sub)
      if (!user) throw userNotFound(403)
      const session = await findOpenSession(trx, sessionId, clock())
      if (!session) throw sessionNotFound()
      if (isBanned(user, clock())) throw new AuthError(403, 'user_banned', 'User is banned')
      return { user, session }
    })
  }
}
