import { errors } from 'jose'
import type { Database } from '../../database/connect'
import { findOpenSession } from '../auth/sessions'
import { identify, type Clock, type createAccessTokenVerifier, type Identity } from '../gateway'
import type { Keys } from '../keys'

/** Who may not act, or no more; its message goes to the client, in Supabase's words. */
export class AuthorizationError extends Error {
  override readonly name = 'AuthorizationError'
}

export interface AuthorizeOptions {
  database: Database
  keys: Keys
  verify: ReturnType<typeof createAccessTokenVerifier>
  clock: Clock
}

/**
 * Makes the function that tells whom a token stands for: signature, issuer, expiry, and that its session is still open.
 * A key of the project is a token, too.
 *
 * The function throws AuthorizationError, or whatever the database says where it is away.
 */
export function createAuthorizer({ database, keys, verify, clock }: AuthorizeOptions) {
  return async (token: string): Promise<Identity> => {
    const identity = await identify({ apikey: token }, keys, verify).catch((error: unknown) => {
      throw new AuthorizationError(reasonOf(error, clock), { cause: error })
    })
    if (!identity) throw new AuthorizationError('InvalidJWTToken: No token')
    if (identity.role === 'authenticated' && identity.sessionId !== null) {
      const { sessionId } = identity
      const session = await database.asOwner((tx) => findOpenSession(tx, sessionId, clock()))
      if (!session) throw new AuthorizationError('InvalidJWTToken: The session has ended')
    }
    return identity
  }
}

/** Milliseconds until a token runs out; null for keys, which never do. */
export function lifeOf(identity: Identity, clock: Clock): number | null {
  if (identity.role !== 'authenticated') return null
  const { exp } = identity.caller.claims
  return typeof exp === 'number' ? exp * 1000 - clock().getTime() : 0
}

function reasonOf(error: unknown, clock: Clock): string {
  if (error instanceof errors.JWTExpired) {
    const seconds = Math.floor(clock().getTime() / 1000 - Number(error.payload.exp))
    return `InvalidJWTToken: Token has expired ${seconds} seconds ago`
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return 'JwtSignatureError: Failed to validate JWT signature'
  }
  if (error instanceof errors.JWTClaimValidationFailed) return `InvalidJWTToken: ${error.message}`
  return 'MalformedJWT: The token provided is not a valid JWT'
}
