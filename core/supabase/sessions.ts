import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'
import type { Caller } from '../model/caller'
import { otherProject, SemblanceError } from '../model/errors'

export interface TokenVerifierOptions {
  /** The project's base URL; its tokens name `${url}/auth/v1` as their issuer. */
  url: string
  /** The public keys, where they are known already (embedded mode): then nothing is fetched. */
  jwks?: JSONWebKeySet
  /** For projects that still sign with a shared secret (HS256). Default: such tokens are refused. */
  secret?: string
  /** Default: the machine's time. */
  clock?: () => Date
  /** Where the project's published keys are kept, so that a start without a network knows them. Default: nowhere. */
  keptKeys?: KeptKeys
}

/** Public keys, outside of this process. */
export interface KeptKeys {
  read: () => Promise<JSONWebKeySet | null>
  write: (keys: JSONWebKeySet) => Promise<void>
}

export interface VerifyOptions {
  /** Also a token that ended no longer ago than this, in milliseconds. Default 0: none that has ended. */
  endedForMs?: number
}

const asymmetric = ['ES256', 'RS256', 'EdDSA']

/**
 * Makes the function that turns a bearer token into its {@link Caller}: signature, issuer, audience, role and expiry
 * are checked on this machine. Remote keys are cached, and fetched again when a token names an unknown one.
 *
 * The function throws SemblanceError UNAUTHORIZED for a token that does not hold, UNAVAILABLE where the project's keys
 * can't be fetched.
 */
export function createTokenVerifier(
  options: TokenVerifierOptions,
): (token: string, options?: VerifyOptions) => Promise<Caller> {
  const { url, jwks, secret, clock = () => new Date(), keptKeys } = options
  const issuer = `${url.replace(/\/+$/, '')}/auth/v1`
  const publicKeys = jwks
    ? createLocalJWKSet(jwks)
    : rememberedKeys(new URL(`${issuer}/.well-known/jwks.json`), keptKeys)
  const sharedKey = secret ? new TextEncoder().encode(secret) : null
  return async (token, { endedForMs = 0 } = {}) => {
    const currentDate = momentFor(token, clock(), endedForMs)
    const checks = { issuer, audience: 'authenticated', requiredClaims: ['sub', 'exp'], currentDate }
    try {
      // The kind of key follows from the configuration; a token only says which of the two it wants.
      const { payload } =
        sharedKey && decodeProtectedHeader(token).alg === 'HS256'
          ? await jwtVerify(token, sharedKey, { ...checks, algorithms: ['HS256'] })
          : await jwtVerify(token, publicKeys, { ...checks, algorithms: asymmetric })
      return callerOf(payload)
    } catch (error) {
      throw refusal(error, token, { issuer, hasSecret: sharedKey !== null || jwks !== undefined })
    }
  }
}

/** The moment that a token is looked at as of: its last one where it ended within the time that is allowed, else now. */
function momentFor(token: string, now: Date, endedForMs: number): Date {
  if (endedForMs <= 0) return now
  try {
    const lastMs = (decodeJwt(token).exp ?? 0) * 1000 - 1000
    return lastMs < now.getTime() && now.getTime() - lastMs <= endedForMs ? new Date(lastMs) : now
  } catch {
    return now
  }
}

/**
 * A project's published keys, fetched now and again every ten minutes. While it does not answer, those that it had last
 * go on to serve: who is signed in stays so.
 */
function rememberedKeys(url: URL, kept?: KeptKeys): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url)
  // Whoever asks for a key before they are here, or after that has failed, waits for them or tries again.
  remote.reload().catch(() => undefined)
  let written: string | null = null

  /** What was fetched is kept; a disk that can't be written takes nobody's sign-in. */
  async function keep(): Promise<void> {
    const keys = remote.jwks()
    const text = keys && JSON.stringify(keys)
    if (!kept || !keys || !text || text === written) return
    written = text
    await kept.write(keys).catch(() => (written = null))
  }

  return async (header, token) => {
    try {
      const key = await remote(header, token)
      await keep()
      return key
    } catch (error) {
      if (isAboutTheToken(error)) throw error
      const known = remote.jwks() ?? (await kept?.read().catch(() => null))
      if (!known) throw error
      return createLocalJWKSet(known)(header, token).catch(() => {
        throw error
      })
    }
  }
}

function callerOf(claims: JWTPayload): Caller {
  if (claims.role !== 'authenticated' || typeof claims.sub !== 'string') {
    throw new SemblanceError('UNAUTHORIZED', 'This token belongs to no person. Sign in again.')
  }
  return {
    id: claims.sub,
    email: typeof claims.email === 'string' && claims.email !== '' ? claims.email : null,
    role: 'authenticated',
    claims,
  }
}

interface Expected {
  issuer: string
  /** Whether tokens of a shared secret can be told from forged ones. */
  hasSecret: boolean
}

function refusal(cause: unknown, token: string, expected: Expected): SemblanceError {
  if (cause instanceof SemblanceError) return cause
  if (cause instanceof errors.JWTExpired) {
    return new SemblanceError('UNAUTHORIZED', 'The session has expired. Sign in again.', undefined, { cause })
  }
  if (isAboutTheToken(cause)) {
    return (
      refusalOfAnother(cause, token, expected) ??
      new SemblanceError('UNAUTHORIZED', 'The sign-in is not valid. Sign in again.', undefined, { cause })
    )
  }
  return new SemblanceError(
    'UNAVAILABLE',
    "The project's sign-in keys can't be fetched. Check the connection to Supabase and try again.",
    undefined,
    { cause },
  )
}

function isAboutTheToken(cause: unknown): boolean {
  return (
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JWTClaimValidationFailed ||
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JWSSignatureVerificationFailed ||
    cause instanceof errors.JWKSNoMatchingKey ||
    cause instanceof errors.JWKSMultipleMatchingKeys ||
    cause instanceof errors.JOSEAlgNotAllowed ||
    cause instanceof errors.JOSENotSupported ||
    // decodeProtectedHeader
    (cause instanceof TypeError && cause.message.includes('Protected Header'))
  )
}

/** What a token says of itself is not proved here, so it decides about the words of the refusal only. */
function refusalOfAnother(
  cause: unknown,
  token: string,
  { issuer, hasSecret }: Expected,
): SemblanceError | null {
  let said: { iss?: unknown; alg?: unknown }
  try {
    said = { iss: decodeJwt(token).iss, alg: decodeProtectedHeader(token).alg }
  } catch {
    return null
  }
  if (typeof said.iss === 'string' && said.iss !== issuer) {
    return otherProject(
      `This sign-in is one of another project: it comes from ${said.iss.slice(0, 200)}, and this host works with ${issuer}. ` +
        'Sign in again; where both are the same project, give the host the first address, up to /auth/v1.',
      { cause },
    )
  }
  if (said.alg === 'HS256' && !hasSecret) {
    return otherProject(
      'This project signs sessions with a shared secret: give it to the host as SEMBLANCE_SUPABASE_JWT_SECRET, or switch the project to asymmetric keys.',
      { cause },
    )
  }
  return null
}
