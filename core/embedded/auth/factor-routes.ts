import { Hono, type Context } from 'hono'
import { renderSVG } from 'uqr'
import { raiseToSecond } from './assurance'
import type { Authenticate } from './authenticate'
import type { AuthContext } from './context'
import { AuthError, userNotFound, validationFailed } from './errors'
import { addChallenge, addFactor, answerChallenge, findFactor, removeFactor } from './factors'
import type { Limits } from './limits'
import { enrollRequest, readBody, uuidParameter, verifyRequest } from './requests'
import { renewSession, sessionView } from './sessions'
import { createSecret } from './totp'
import { findUserById } from './users'

interface FactorRouteOptions {
  authenticate: Authenticate
  limit: Pick<Limits, 'factors' | 'ownFactors' | 'verify'>
  addressOf: (c: Context) => string
}

/** `/factors`: a person's second factors. Time-based codes alone: no phone, no WebAuthn. */
export function factorRoutes(context: AuthContext, options: FactorRouteOptions): Hono {
  const { database, keys, clock } = context
  const { authenticate, limit, addressOf } = options
  const routes = new Hono()

  routes.post('/', async (c) => {
    limit.factors(c)
    const { user, session } = await authenticate(c)
    limit.ownFactors(c, user.id)
    const body = await readBody(c, enrollRequest)
    if (body.factor_type === 'phone') {
      throw new AuthError(422, 'mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone')
    }
    if (body.factor_type === 'webauthn') {
      throw new AuthError(422, 'mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn')
    }
    const name = body.friendly_name ?? ''
    const { secret, uri } = createSecret(body.issuer || 'Semblance', user.email ?? user.id)
    const id = await database.asOwner((trx) =>
      addFactor(
        trx,
        { userId: user.id, name, secret, aal: session.aal },
        { key: keys.factorKey, now: clock() },
      ),
    )
    // The client puts the picture into an address as it is: no character in it may mean something there.
    const picture = renderSVG(uri, { ecc: 'M', border: 2 })
    return c.json({ id, type: 'totp', friendly_name: name, totp: { qr_code: picture, secret, uri } })
  })

  routes.post('/:id/challenge', async (c) => {
    limit.factors(c)
    const { user } = await authenticate(c)
    limit.ownFactors(c, user.id)
    const id = factorId(c)
    const challenge = await database.asOwner(async (trx) => {
      const factor = await findFactor(trx, user.id, id)
      return addChallenge(trx, factor.id, addressOf(c), clock())
    })
    return c.json({ id: challenge.id, type: 'totp', expires_at: challenge.expiresAt })
  })

  routes.post('/:id/verify', (c) => verify(c, context, options))

  routes.delete('/:id', async (c) => {
    const { user, session } = await authenticate(c)
    const id = factorId(c)
    await database.asOwner(async (trx) => {
      const factor = await findFactor(trx, user.id, id)
      if (factor.status === 'verified' && session.aal !== 'aal2') {
        throw new AuthError(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor')
      }
      await removeFactor(trx, factor)
    })
    return c.json({ id })
  })
  return routes
}

/** A right code raises the session, which goes on under the same id with another pair of tokens. */
async function verify(
  c: Context,
  { database, keys, url, clock }: AuthContext,
  { authenticate, limit, addressOf }: FactorRouteOptions,
): Promise<Response> {
  limit.factors(c)
  const { user, session } = await authenticate(c)
  limit.ownFactors(c, user.id)
  const id = factorId(c)
  const body = await readBody(c, verifyRequest)
  limit.verify.take(user.id)
  const now = clock()
  const grant = await database.asOwner(async (trx) => {
    const factor = await findFactor(trx, user.id, id)
    const answer = { challengeId: body.challenge_id, code: body.code, address: addressOf(c) }
    await answerChallenge(trx, factor, answer, { key: keys.factorKey, now })
    await raiseToSecond(trx, { sessionId: session.id, userId: user.id, factorId: id }, now)
    const raised = await findUserById(trx, user.id)
    if (!raised) throw userNotFound(403)
    return renewSession(trx, raised, session.id, now)
  })
  limit.verify.forget(user.id)
  return c.json(await sessionView(grant, { keys, url }, now))
}

function factorId(c: Context): string {
  return uuidParameter(c, 'id', () => validationFailed('factor_id must be an UUID'))
}
