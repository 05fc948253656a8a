import { createHash, timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, jwtVerify, type JWTPayload } from 'jose'
import { cors } from 'hono/cors'
import type { MiddlewareHandler } from 'hono'
import type { Caller } from '../model/caller'
import type { Keys } from './keys'

/** The time; a test gives its own. */
export type Clock = () => Date

/** As whom a request acts in the database. */
export type Identity =
  | { role: 'anon' }
  | { role: 'service_role' }
  | { role: 'authenticated'; caller: Caller; sessionId: string | null }

/** What a key stands for. The keys are no JWTs, so nothing of them can be forged from another. */
export function roleOfKey(keys: Keys, key: string): 'anon' | 'service_role' | null {
  if (sameText(key, keys.publishableKey)) return 'anon'
  if (sameText(key, keys.secretKey)) return 'service_role'
  return null
}

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerToken(header: string | undefined | null): string | null {
  const match = /^bearer\s+(\S+)$/i.exec(header ?? '')
  return match?.[1] ?? null
}

/**
 * Verifies an access token of the embedded Auth: signature, issuer, audience, expiry.
 *
 * @throws a jose error where it does not hold
 */
export function createAccessTokenVerifier({ keys, url, clock }: { keys: Keys; url: string; clock: Clock }) {
  const jwks = createLocalJWKSet(keys.jwks)
  return async (token: string): Promise<JWTPayload & { sub: string }> => {
    const { payload } = await jwtVerify(token, jwks, {
      algorithms: ['ES256'],
      issuer: issuerOf(url),
      audience: 'authenticated',
      requiredClaims: ['sub', 'exp'],
      currentDate: clock(),
    })
    return payload as JWTPayload & { sub: string }
  }
}

/** The issuer of a Supabase project's tokens; `url` without a trailing slash or with one. */
export function issuerOf(url: string): string {
  return `${url.replace(/\/+$/, '')}/auth/v1`
}

/** Who calls, by `Authorization`, else `apikey`; null where neither says anything. Throws for a token that fails. */
export async function identify(
  headers: { authorization?: string | undefined; apikey?: string | undefined },
  keys: Keys,
  verify: (token: string) => Promise<JWTPayload & { sub: string }>,
): Promise<Identity | null> {
  const token = bearerToken(headers.authorization) ?? headers.apikey
  if (!token) return null
  const role = roleOfKey(keys, token)
  if (role) return { role }
  const claims = await verify(token)
  return {
    role: 'authenticated',
    sessionId: typeof claims.session_id === 'string' ? claims.session_id : null,
    caller: {
      id: claims.sub,
      email: typeof claims.email === 'string' ? claims.email : null,
      role: 'authenticated',
      claims,
    },
  }
}

/** Cross-origin rules: only the origins listed may read an answer; everything else is same-origin or no browser. */
export function corsFor(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    exposeHeaders: [
      'accept-ranges',
      'content-disposition',
      'content-range',
      'etag',
      'link',
      'retry-after',
      'x-sb-error-code',
      'x-supabase-api-version',
      'x-total-count',
    ],
    maxAge: 600,
  })
}

/** A request's body, held in memory. Throws what `tooLarge` gives beyond `maximumBytes`. */
export async function collect(
  body: AsyncIterable<Uint8Array> | null,
  maximumBytes: number,
  tooLarge: () => Error,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maximumBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

// Digests have equal lengths, so the comparison takes the same time whatever is given.
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
