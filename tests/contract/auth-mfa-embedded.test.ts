import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, wrongCodeOf } from './codes'
import { freshEmail, password } from './people'
import { openProject, type EmbeddedProject } from './project'

/** What only the embedded Auth promises of second factors, or what only a clock of ours can show. */
describe('second factors of the embedded auth', () => {
  let project: EmbeddedProject
  let now = new Date('2026-03-01T12:00:00Z')
  const pass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1000))
  beforeAll(async () => {
    const verifyPerPerson = { burst: 5, windowSeconds: 600 }
    const factorsPerPerson = { burst: 40, windowSeconds: 300 }
    project = await openProject('pglite', { clock: () => now, limits: { verifyPerPerson, factorsPerPerson } })
  })
  afterAll(() => project?.close())

  type Session = Record<string, string>
  async function call(method: string, path: string, session: Session | null, body?: object) {
    const response = await fetch(`${project.url}/auth/v1${path}`, {
      method,
      headers: {
        apikey: project.publishableKey,
        'content-type': 'application/json',
        ...(session ? { authorization: `Bearer ${session.access_token}` } : {}),
      },
      body: body ? JSON.stringify(body) : undefined,
    })
    return {
      status: response.status,
      wait: response.headers.get('retry-after'),
      body: (await response.json()) as Record<string, string>,
    }
  }
  const post = (path: string, session: Session | null, body: object = {}) => call('POST', path, session, body)
  const signUp = async () => (await post('/signup', null, { email: freshEmail(), password })).body
  const enroll = async (session: Session, friendly_name = 'Phone') => {
    const { status, body } = await post('/factors', session, { factor_type: 'totp', friendly_name })
    const secret = (body.totp as unknown as { secret: string } | undefined)?.secret ?? ''
    return { status, body, id: body.id, secret }
  }
  const challenge = async (session: Session, id: string) =>
    (await post(`/factors/${id}/challenge`, session)).body.id
  const verify = async (session: Session, id: string, code: string, challengeId?: string) =>
    post(`/factors/${id}/verify`, session, {
      challenge_id: challengeId ?? (await challenge(session, id)),
      code,
    })
  async function enrolled() {
    const session = await signUp()
    const { id, secret } = await enroll(session)
    const raised = await verify(session, id, codeOf(secret, now))
    expect(raised.status).toBe(200)
    return { session: raised.body, id, secret }
  }

  test('a code is taken once, and none from before it', async () => {
    const { session, id, secret } = await enrolled()
    const code = codeOf(secret, now, 1)
    expect((await verify(session, id, code)).status).toBe(200)
    for (const used of [code, codeOf(secret, now)]) {
      expect(await verify(session, id, used)).toMatchObject({
        status: 422,
        body: { code: 'mfa_verification_failed' },
      })
    }
    pass(60)
    expect((await verify(session, id, codeOf(secret, now))).status).toBe(200)
  })

  test('of two uses of one code at a time one is taken', async () => {
    const { session, id, secret } = await enrolled()
    pass(30)
    const code = codeOf(secret, now)
    const answers = await Promise.all([1, 2, 3].map(() => verify(session, id, code)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422, 422])
  })

  test('a challenge holds five minutes and answers once', async () => {
    const { session, id, secret } = await enrolled()
    const late = await challenge(session, id)
    pass(301)
    expect(await verify(session, id, codeOf(secret, now), late)).toMatchObject({
      status: 422,
      body: { code: 'mfa_challenge_expired' },
    })
    const once = await challenge(session, id)
    expect((await verify(session, id, codeOf(secret, now), once)).status).toBe(200)
    pass(30)
    expect(await verify(session, id, codeOf(secret, now), once)).toMatchObject({
      status: 422,
      body: {
        code: 'mfa_challenge_expired',
        message: expect.stringContaining('create a new challenge') as string,
      },
    })
  })

  test('guessing stops after five, for the right code too, and the wait is told', async () => {
    const { session, id, secret } = await enrolled()
    pass(60)
    const wrong = wrongCodeOf(secret, now)
    for (let i = 0; i < 5; i++) expect((await verify(session, id, wrong)).status).toBe(422)
    const stopped = await verify(session, id, codeOf(secret, now))
    expect(stopped).toMatchObject({ status: 429, wait: '120', body: { code: 'over_request_rate_limit' } })
    const other = await enrolled()
    pass(30)
    expect((await verify(other.session, other.id, codeOf(other.secret, now))).status).toBe(200)
    pass(90)
    expect((await verify(session, id, codeOf(secret, now))).status).toBe(200)
  })

  test('who asks too often about their factors holds up nobody else of their address', async () => {
    const eager = await enrolled()
    const other = await enrolled()
    const asked = []
    for (let i = 0; i < 41; i++)
      asked.push((await post(`/factors/${eager.id}/challenge`, eager.session)).status)
    expect(new Set(asked)).toEqual(new Set([200, 429]))
    expect(asked.at(-1)).toBe(429)
    pass(30)
    const raised = await verify(other.session, other.id, codeOf(other.secret, now))
    expect(raised.status).toBe(200)
  })

  test('an enrolment that was left is replaced by the next', async () => {
    const session = await signUp()
    const first = await enroll(session)
    const second = await enroll(session)
    expect(second.status).toBe(200)
    const { body } = await call('GET', '/user', session)
    expect(body.factors).toMatchObject([{ id: second.id, status: 'unverified' }])
    expect(await post(`/factors/${first.id}/challenge`, session)).toMatchObject({
      status: 404,
      body: { code: 'mfa_factor_not_found' },
    })
  })

  test('a person has ten at most', async () => {
    let { session } = await enrolled()
    for (let i = 2; i <= 10; i++) {
      const { id, secret } = await enroll(session, `Device ${i}`)
      const raised = await verify(session, id, codeOf(secret, now))
      expect(raised.status).toBe(200)
      session = raised.body
    }
    expect(await enroll(session, 'One more')).toMatchObject({
      status: 422,
      body: { code: 'too_many_enrolled_mfa_factors' },
    })
  })

  test('a dump of the database holds no secret in plain', async () => {
    const { secret, id } = await enrolled()
    const { rows } = await project.database.asOwner((trx) =>
      sql<{
        kept: string
      }>`select row_to_json(f)::text as kept from auth.mfa_factors f where id = ${id}`.execute(trx),
    )
    expect(rows[0].kept).toContain('aes-256-gcm')
    expect(rows[0].kept).not.toContain(secret)
  })

  test('phones, keys and nonsense are refused in the words of the protocol', async () => {
    const session = await signUp()
    const code = async (body: object) => (await post('/factors', session, body)).body.code
    expect(await code({ factor_type: 'phone', phone: '+49' })).toBe('mfa_phone_enroll_not_enabled')
    expect(await code({ factor_type: 'webauthn' })).toBe('mfa_webauthn_enroll_not_enabled')
    expect(await code({ factor_type: 'magic' })).toBe('validation_failed')
    expect(await post('/factors/none/challenge', session)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    })
  })

  test('a removed factor takes its sessions down at their next refresh', async () => {
    const { session, id } = await enrolled()
    expect((await call('DELETE', `/factors/${id}`, session)).status).toBe(200)
    const renewed = await post('/token?grant_type=refresh_token', null, {
      refresh_token: session.refresh_token,
    })
    const claims = JSON.parse(
      Buffer.from(renewed.body.access_token.split('.')[1], 'base64url').toString(),
    ) as { aal: string; amr: { method: string }[] }
    expect(claims).toMatchObject({ aal: 'aal1', amr: [{ method: 'password' }] })
  })
})
