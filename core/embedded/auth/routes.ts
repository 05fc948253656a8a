import { Hono, type Context } from 'hono'
import { createAuthenticator } from './authenticate'
import type { AuthContext } from './context'
import { AuthError, emailExists, invalidCredentials, userNotFound, validationFailed } from './errors'
import { factorRoutes } from './factor-routes'
import { createLimits } from './limits'
import { checkPassword, hashPassword, passwordMatches, wasteTimeOn } from './passwords'
import type { AuthLimits } from './rate-limit'
import { passwordRequest, readBody, refreshRequest, signUpRequest, updateRequest } from './requests'
import {
  endSessions,
  openSession,
  refreshSession,
  sessionView,
  type LogoutScope,
  type OpenSession,
} from './sessions'
import {
  findUserByEmail,
  findUserById,
  hasSecondFactor,
  insertUser,
  isBanned,
  updateUser,
  userView,
  type UserRow,
} from './users'

interface RouteOptions {
  signUp: boolean
  limits: AuthLimits
  addressOf: (c: Context) => string
}

const scopes: readonly string[] = ['global', 'local', 'others'] satisfies LogoutScope[]

/** Sign-up, tokens, the user, second factors, sign-out. */
export function sessionRoutes(context: AuthContext, options: RouteOptions): Hono {
  const limit = createLimits(context, options)
  const authenticate = createAuthenticator(context)
  const routes = new Hono()
  routes.post('/signup', (c) => signUp(c, context, { allowed: options.signUp, limit: limit.signUp }))
  routes.post('/token', (c) => {
    const grantType = c.req.query('grant_type')
    if (grantType === 'password') return signIn(c, context, limit)
    if (grantType === 'refresh_token') return refresh(c, context, limit.refresh)
    throw validationFailed('unsupported_grant_type')
  })
  routes.get('/user', async (c) => c.json(userView((await authenticate(c)).user)))
  routes.put('/user', async (c) => changeUser(c, context, await authenticate(c)))
  routes.post('/logout', async (c) => {
    const scope = c.req.query('scope') ?? 'global'
    if (!scopes.includes(scope)) throw validationFailed(`Unsupported logout scope "${scope}"`)
    const { user, session } = await authenticate(c)
    await context.database.asOwner((trx) =>
      endSessions(trx, user.id, { scope: scope as LogoutScope, sessionId: session.id }),
    )
    return c.body(null, 204)
  })
  routes.route('/factors', factorRoutes(context, { authenticate, limit, addressOf: options.addressOf }))
  return routes
}

async function signUp(
  c: Context,
  { database, keys, url, clock }: AuthContext,
  { allowed, limit }: { allowed: boolean; limit: (c: Context) => void },
): Promise<Response> {
  limit(c)
  if (!allowed) throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance')
  const body = await readBody(c, signUpRequest)
  checkPassword(body.password)
  const encryptedPassword = await hashPassword(body.password)
  const now = clock()
  const alreadyExists = () => new AuthError(422, 'user_already_exists', 'User already registered')
  const grant = await database
    .asOwner(async (trx) => {
      if (await findUserByEmail(trx, body.email)) throw alreadyExists()
      const user = { email: body.email, encryptedPassword, userMetadata: body.data ?? undefined }
      return openSession(trx, await insertUser(trx, user, now), now)
    })
    .catch((error: unknown) => {
      // Two sign-ups with one address at a time: the second meets the unique index.
      throw error instanceof AuthError && error.code === 'email_exists' ? alreadyExists() : error
    })
  return c.json(await sessionView(grant, { keys, url }, now))
}

async function signIn(
  c: Context,
  { database, keys, url, clock }: AuthContext,
  limit: { signIn: (c: Context) => void; email: (c: Context, email: string) => void },
): Promise<Response> {
  limit.signIn(c)
  const { email, password } = await readBody(c, passwordRequest)
  limit.email(c, email)
  const found = await database.asOwner((trx) => findUserByEmail(trx, email))
  // No transaction is held while the password is checked, for that takes tens of milliseconds.
  if (!found?.encrypted_password) {
    await wasteTimeOn(password)
    throw invalidCredentials()
  }
  if (!(await passwordMatches(password, found.encrypted_password))) throw invalidCredentials()
  const now = clock()
  if (isBanned(found, now)) throw new AuthError(400, 'user_banned', 'User is banned')
  if (!found.email_confirmed_at) throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed')
  const grant = await database.asOwner(async (trx) => {
    const user = await findUserById(trx, found.id)
    // Deleted, or given another password, since it was read.
    if (!user || user.encrypted_password !== found.encrypted_password) throw invalidCredentials()
    return openSession(trx, user, now)
  })
  return c.json(await sessionView(grant, { keys, url }, now))
}

async function refresh(
  c: Context,
  { database, keys, url, clock }: AuthContext,
  limit: (c: Context) => void,
): Promise<Response> {
  limit(c)
  const body = await readBody(c, refreshRequest)
  const now = clock()
  const outcome = await database.asOwner((trx) => refreshSession(trx, body.refresh_token, now))
  if (outcome instanceof AuthError) throw outcome
  return c.json(await sessionView(outcome, { keys, url }, now))
}

async function changeUser(
  c: Context,
  { database, clock }: AuthContext,
  { user, session }: { user: UserRow; session: OpenSession },
): Promise<Response> {
  const body = await readBody(c, updateRequest)
  const isWeighty = Boolean(body.password) || (body.email && body.email !== user.email)
  if (isWeighty && hasSecondFactor(user) && session.aal !== 'aal2') {
    throw new AuthError(
      401,
      'insufficient_aal',
      'AAL2 session is required to update email or password when MFA is enabled.',
    )
  }
  let encryptedPassword: string | undefined
  if (body.password) {
    checkPassword(body.password)
    if (user.encrypted_password && (await passwordMatches(body.password, user.encrypted_password))) {
      throw new AuthError(422, 'same_password', 'New password should be different from the old password.')
    }
    encryptedPassword = await hashPassword(body.password)
  }
  const now = clock()
  const changed = await database.asOwner(async (trx) => {
    const before = await findUserById(trx, user.id)
    if (!before) throw userNotFound(403)
    if (body.email && body.email !== before.email && (await findUserByEmail(trx, body.email)))
      throw emailExists()
    // Whoever knew the old password is signed out by a new one.
    if (encryptedPassword) await endSessions(trx, user.id, { scope: 'others', sessionId: session.id })
    const change = { email: body.email ?? undefined, encryptedPassword, userMetadata: body.data ?? undefined }
    return updateUser(trx, before, change, now)
  })
  return c.json(userView(changed))
}
