import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono, type Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Database } from '../database/connect'
import { adminRoutes } from './auth/admin'
import { AuthError, noAuthorization } from './auth/errors'
import { defaultLimits, type AuthLimits } from './auth/rate-limit'
import { sessionRoutes } from './auth/routes'
import { bearerToken, corsFor, roleOfKey, type Clock } from './gateway'
import type { Keys } from './keys'

const apiVersion = '2024-01-01'

export interface AuthOptions {
  database: Database
  keys: Keys
  /** The project's base URL, e.g. `http://127.0.0.1:4310`. */
  url: string
  /** Default: the machine's time. */
  clock?: Clock
  /** Web origins that may read answers. Default: none beyond the host's own. */
  origins?: readonly string[]
  /** Whether people may sign up. Default true. */
  signUp?: boolean
  limits?: Partial<AuthLimits>
  /** Told of what went wrong within. Default: nobody. */
  onError?: (error: unknown) => void
}

/**
 * The subset of Supabase Auth that Semblance uses, to be mounted at `/auth/v1`: sign-up, sign-in, rotating refresh
 * tokens, the user, second factors, sign-out, JWKS, and the user administration of the secret key. Addresses count as confirmed, for
 * nothing here sends mail.
 */
export function createAuth(options: AuthOptions): Hono {
  const { database, keys, url, clock = () => new Date(), origins = [], signUp = true, onError } = options
  const context = { database, keys, url, clock }
  const auth = new Hono()

  auth.use(corsFor(origins))
  auth.use(async (c, next) => {
    await next()
    c.header('Cache-Control', c.res.headers.get('Cache-Control') ?? 'no-store')
  })
  auth.onError((error, c) => errorAnswer(c, error, onError))
  auth.notFound((c) => errorAnswer(c, new AuthError(404, 'not_found', 'Not found')))

  auth.get('/health', (c) =>
    c.json({ name: 'GoTrue', description: 'Semblance embedded Auth', version: apiVersion }),
  )
  auth.get('/.well-known/jwks.json', (c) => {
    c.header('Cache-Control', 'public, max-age=600')
    return c.json(keys.jwks)
  })
  auth.get('/settings', (c) =>
    c.json({
      external: { email: true, phone: false, anonymous_users: false },
      disable_signup: !signUp,
      mailer_autoconfirm: true,
      phone_autoconfirm: false,
      saml_enabled: false,
    }),
  )

  auth.use(requireApiKey(keys))
  auth.route(
    '/',
    sessionRoutes(context, {
      signUp,
      limits: { ...defaultLimits, ...options.limits },
      addressOf: clientAddress,
    }),
  )
  auth.use('/admin/*', requireSecretKey(keys))
  auth.route('/admin', adminRoutes(context))
  return auth
}

function requireApiKey(keys: Keys) {
  return async (c: Context, next: () => Promise<void>) => {
    const key = c.req.header('apikey') ?? c.req.query('apikey')
    if (!key) throw new AuthError(401, 'no_api_key', 'No API key found in request')
    if (!roleOfKey(keys, key)) throw new AuthError(401, 'invalid_api_key', 'Invalid API key')
    await next()
  }
}

function requireSecretKey(keys: Keys) {
  return async (c: Context, next: () => Promise<void>) => {
    const token = bearerToken(c.req.header('authorization'))
    if (!token) throw noAuthorization()
    if (roleOfKey(keys, token) !== 'service_role') throw new AuthError(403, 'not_admin', 'User not allowed')
    await next()
  }
}

/** The peer's address. Forwarding headers are not believed: anybody can write them. */
function clientAddress(c: Context): string {
  // Without a socket (a request made inside the process) everybody shares one measure.
  return (c.env as { incoming?: unknown } | undefined)?.incoming
    ? (getConnInfo(c).remote.address ?? 'unknown')
    : 'unknown'
}

function errorAnswer(c: Context, error: unknown, onError?: (error: unknown) => void): Response {
  const known =
    error instanceof AuthError
      ? error
      : error instanceof HTTPException
        ? new AuthError(error.status, 'validation_failed', error.message)
        : new AuthError(500, 'unexpected_failure', 'Internal error', {}, { cause: error })
  if (known.status >= 500) onError?.(known)
  c.header('X-Supabase-Api-Version', apiVersion)
  c.header('x-sb-error-code', known.code)
  for (const [name, value] of Object.entries(known.extra.headers ?? {})) c.header(name, value)
  return c.json({ code: known.code, message: known.message, ...known.extra.body }, known.status)
}
