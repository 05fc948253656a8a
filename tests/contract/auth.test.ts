import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createTokenVerifier } from '../../core/supabase/sessions'
import { freshEmail, password, signUp } from './people'
import { openTestProject, testProjects, type Project } from './project'

const projects = await testProjects()

/** What Semblance needs of Supabase Auth, asked through supabase-js. Nothing here knows who answers. */
describe.each(projects)('auth, on %s', (which) => {
  let project: Project
  beforeAll(async () => {
    project = await openTestProject(which)
  })
  afterAll(() => project?.close())

  const client = () => createSupabase({ url: project.url, key: project.publishableKey })
  const signedUp = (data?: object) => signUp(project, data)

  /** The refresh endpoint itself: supabase-js would drop the session at the first refusal. */
  async function exchange(refreshToken: string) {
    const response = await fetch(`${project.url}/auth/v1/token?grant_type=refresh_token`, {
      method: 'POST',
      headers: { apikey: project.publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refreshToken }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }

  describe('sign-up', () => {
    test('gives a session and a user, without a password in sight', async () => {
      const { user, session, email } = await signedUp({ name: 'Ada', school: 'Analytical' })
      expect(user).toMatchObject({
        email,
        aud: 'authenticated',
        role: 'authenticated',
        is_anonymous: false,
        app_metadata: { provider: 'email', providers: ['email'] },
        user_metadata: { name: 'Ada', school: 'Analytical' },
      })
      expect(user.identities?.[0]).toMatchObject({ provider: 'email', user_id: user.id })
      expect(session).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
      expect(session.expires_at! - Date.now() / 1000).toBeGreaterThan(3590)
      expect(JSON.stringify(user)).not.toContain('argon2')
    })

    test('a known address is refused, whatever its letters', async () => {
      const { email } = await signedUp()
      const { data, error } = await client().auth.signUp({ email: email.toUpperCase(), password })
      expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
      expect(data.session).toBeNull()
    })

    test('one of two at a time with one address gets it', async () => {
      const email = freshEmail()
      const answers = await Promise.all([1, 2, 3].map(() => client().auth.signUp({ email, password })))
      expect(answers.filter(({ error }) => !error)).toHaveLength(1)
      const codes = answers.flatMap(({ error }) => (error ? [error.code] : []))
      expect(codes).toEqual(['user_already_exists', 'user_already_exists'])
    })

    test('a short password is weak, and the answer says why', async () => {
      const { error } = await client().auth.signUp({ email: freshEmail(), password: 'short' })
      expect(error).toMatchObject({ name: 'AuthWeakPasswordError', status: 422, reasons: ['length'] })
    })

    test('bytes count for a password that is too long', async () => {
      const tooLong = await client().auth.signUp({ email: freshEmail(), password: 'é'.repeat(37) })
      expect(tooLong.error).toMatchObject({ status: 400, code: 'validation_failed' })
      const longest = await client().auth.signUp({ email: freshEmail(), password: 'é'.repeat(36) })
      expect(longest.error).toBeNull()
    })

    test.each(['', 'ada', 'ada@', '@school.edu', 'a b@school.edu'])('"%s" is no address', async (email) => {
      const { error } = await client().auth.signUp({ email, password })
      expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
    })
  })

  describe('sign-in', () => {
    test('the right password opens a session, in any case of the address', async () => {
      const { email, user } = await signedUp()
      const { data, error } = await client().auth.signInWithPassword({ email: email.toUpperCase(), password })
      expect(error).toBeNull()
      expect(data.user?.id).toBe(user.id)
      expect(data.user?.last_sign_in_at).toBeTruthy()
    })

    test('a wrong password and an unknown address get the same answer', async () => {
      const { email } = await signedUp()
      const wrong = await client().auth.signInWithPassword({ email, password: 'something else' })
      const unknown = await client().auth.signInWithPassword({ email: freshEmail(), password })
      for (const { error } of [wrong, unknown]) {
        expect(error).toMatchObject({
          status: 400,
          code: 'invalid_credentials',
          message: 'Invalid login credentials',
        })
      }
    })
  })

  describe('access tokens', () => {
    test('hold what policies and the host go by, and verify by the published keys', async () => {
      const { session, user, email, supabase } = await signedUp({ name: 'Ada' })
      const { data, error } = await supabase.auth.getClaims()
      expect(error).toBeNull()
      expect(data?.header.alg).toBe('ES256')
      expect(data?.claims).toMatchObject({
        iss: `${project.url}/auth/v1`,
        sub: user.id,
        aud: 'authenticated',
        role: 'authenticated',
        email,
        phone: '',
        aal: 'aal1',
        is_anonymous: false,
        user_metadata: { name: 'Ada' },
        app_metadata: { provider: 'email' },
      })
      expect(data?.claims.exp).toBe(data!.claims.iat + 3600)
      expect(data?.claims.amr).toEqual([{ method: 'password', timestamp: expect.any(Number) as number }])
      expect(data?.claims.session_id).toMatch(/^[0-9a-f-]{36}$/)
      const caller = await createTokenVerifier({ url: project.url })(session.access_token)
      expect(caller).toMatchObject({ id: user.id, email })
    })

    test('the key set holds nothing private', async () => {
      const response = await fetch(`${project.url}/auth/v1/.well-known/jwks.json`)
      const { keys } = (await response.json()) as { keys: Record<string, string>[] }
      expect(keys.length).toBeGreaterThan(0)
      for (const key of keys) {
        expect(key).toMatchObject({ kty: 'EC', alg: 'ES256' })
        expect(key).not.toHaveProperty('d')
      }
    })
  })

  describe('refresh', () => {
    test('gives another pair, and the session goes on', async () => {
      const { supabase, session } = await signedUp()
      const { data, error } = await supabase.auth.refreshSession()
      expect(error).toBeNull()
      expect(data.session!.refresh_token).not.toBe(session.refresh_token)
      const { data: user } = await supabase.auth.getUser(data.session!.access_token)
      expect(user.user?.id).toBe(session.user.id)
    })

    test('the parent of the active token gets the active one again: an answer may be lost', async () => {
      const { session } = await signedUp()
      const first = await exchange(session.refresh_token)
      const again = await exchange(session.refresh_token)
      expect(again.status).toBe(200)
      expect(again.body.refresh_token).toBe(first.body.refresh_token)
    })

    test('two at a time get one child', async () => {
      const { session } = await signedUp()
      const answers = await Promise.all([exchange(session.refresh_token), exchange(session.refresh_token)])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      expect(answers[0].body.refresh_token).toBe(answers[1].body.refresh_token)
    })

    test('a token that is older than that is a theft: nobody goes on with this session', async () => {
      const { session } = await signedUp()
      const first = await exchange(session.refresh_token)
      const second = await exchange(first.body.refresh_token)
      // Supabase forgives reuse within ten seconds; see `reuseInterval`.
      await new Promise((resolve) => setTimeout(resolve, project.reuseInterval * 1000))
      const stolen = await exchange(session.refresh_token)
      expect(stolen).toMatchObject({ status: 400, body: { code: 'refresh_token_already_used' } })
      const victim = await exchange(second.body.refresh_token)
      expect(victim).toMatchObject({ status: 400, body: { code: 'refresh_token_already_used' } })
    })

    test('an invented token is not found', async () => {
      expect(await exchange(randomUUID())).toMatchObject({
        status: 400,
        body: { code: 'refresh_token_not_found' },
      })
    })

    test('after sign-out there is nothing to refresh', async () => {
      const { supabase, session } = await signedUp()
      await supabase.auth.signOut()
      expect(await exchange(session.refresh_token)).toMatchObject({
        status: 400,
        body: { code: 'refresh_token_not_found' },
      })
    })
  })

  test('a wrong key opens nothing', async () => {
    const stranger = createSupabase({
      url: project.url,
      key: 'sb_publishable_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    })
    const { error } = await stranger.auth.signUp({ email: freshEmail(), password })
    expect(error?.status).toBe(401)
  })
})
