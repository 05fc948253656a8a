import { randomUUID } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createTokenVerifier } from '../../core/supabase/sessions'
import { testEngines } from '../factories/database'
import { openProject, type Project } from './project'

const engines = await testEngines()

/** What Semblance needs of Supabase Auth, asked through supabase-js. Nothing here knows who answers. */
describe.each(engines)('auth, on %s', (engine) => {
  let project: Project
  let service: SupabaseClient
  beforeAll(async () => {
    project = await openProject(engine)
    service = createSupabase({ url: project.url, key: project.secretKey })
  })
  afterAll(() => project?.close())

  const client = () => createSupabase({ url: project.url, key: project.publishableKey })
  const password = 'correct horse battery'
  const freshEmail = () => `${randomUUID()}@school.edu`

  async function signedUp(options: { email?: string; data?: object } = {}) {
    const email = options.email ?? freshEmail()
    const supabase = client()
    const { data, error } = await supabase.auth.signUp({ email, password, options: { data: options.data } })
    expect(error).toBeNull()
    return { supabase, email, user: data.user!, session: data.session! }
  }

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
      const { user, session, email } = await signedUp({ data: { name: 'Ada', school: 'Analytical' } })
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
      const { session, user, email, supabase } = await signedUp({ data: { name: 'Ada' } })
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
      expect(data?.claims.amr).toEqual([{ method: 'password', timestamp: expect.any(Number) }])
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
      const second = await exchange(first.body.refresh_token!)
      // Supabase forgives reuse within ten seconds; see `reuseInterval`.
      await new Promise((resolve) => setTimeout(resolve, project.reuseInterval * 1000))
      const stolen = await exchange(session.refresh_token)
      expect(stolen).toMatchObject({ status: 400, body: { code: 'refresh_token_already_used' } })
      const victim = await exchange(second.body.refresh_token!)
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

  describe('the user', () => {
    test('reads itself, and nobody without a token does', async () => {
      const { supabase, user, session } = await signedUp()
      expect((await supabase.auth.getUser()).data.user?.id).toBe(user.id)
      const [head, body] = session.access_token.split('.')
      const forged = await supabase.auth.getUser(`${head}.${body}.${'A'.repeat(86)}`)
      expect(forged.error).toMatchObject({ status: 403, code: 'bad_jwt' })
      const bare = await fetch(`${project.url}/auth/v1/user`, { headers: { apikey: project.publishableKey } })
      expect(bare.status).toBe(401)
      expect(await bare.json()).toMatchObject({ code: 'no_authorization' })
      expect(bare.headers.get('x-supabase-api-version')).toBe('2024-01-01')
    })

    test('changes its own data key by key', async () => {
      const { supabase } = await signedUp({ data: { name: 'Ada', school: 'Analytical' } })
      const { data, error } = await supabase.auth.updateUser({ data: { name: 'Ada L.', school: null } })
      expect(error).toBeNull()
      expect(data.user?.user_metadata).toEqual({ name: 'Ada L.' })
    })

    test('changes its password, which ends the other sessions', async () => {
      const { supabase, email } = await signedUp()
      const other = client()
      await other.auth.signInWithPassword({ email, password })
      const same = await supabase.auth.updateUser({ password })
      expect(same.error).toMatchObject({ status: 422, code: 'same_password' })
      const changed = await supabase.auth.updateUser({ password: 'another good password' })
      expect(changed.error).toBeNull()
      expect((await supabase.auth.getUser()).data.user).not.toBeNull()
      expect((await other.auth.getUser()).data.user).toBeNull()
      const old = await client().auth.signInWithPassword({ email, password })
      expect(old.error?.code).toBe('invalid_credentials')
      const renewed = await client().auth.signInWithPassword({ email, password: 'another good password' })
      expect(renewed.error).toBeNull()
    })

    test('may not take the address of another', async () => {
      const { email } = await signedUp()
      const { supabase } = await signedUp()
      const { error } = await supabase.auth.updateUser({ email })
      expect(error).toMatchObject({ status: 422, code: 'email_exists' })
    })

    test('what it writes of itself gives it no role', async () => {
      const { supabase } = await signedUp({ data: { role: 'service_role', app_metadata: { admin: true } } })
      await supabase.auth.refreshSession()
      const { data } = await supabase.auth.getClaims()
      expect(data?.claims.role).toBe('authenticated')
      expect(data?.claims.app_metadata).toEqual({ provider: 'email', providers: ['email'] })
    })
  })

  describe('sign-out', () => {
    async function threeSessions() {
      const { email, supabase } = await signedUp()
      const clients = [supabase, client(), client()] as const
      for (const other of clients.slice(1)) await other.auth.signInWithPassword({ email, password })
      const tokens = await Promise.all(
        clients.map(async (c) => (await c.auth.getSession()).data.session!.access_token),
      )
      const alive = async () => {
        const answers = await Promise.all(tokens.map((token) => client().auth.getUser(token)))
        return answers.map(({ data }) => data.user !== null)
      }
      return { clients, alive }
    }

    test.each([
      ['local', [false, true, true]],
      ['others', [true, false, false]],
      ['global', [false, false, false]],
    ] as const)('%s', async (scope, left) => {
      const { clients, alive } = await threeSessions()
      const { error } = await clients[0].auth.signOut({ scope })
      expect(error).toBeNull()
      expect(await alive()).toEqual(left)
    })
  })

  describe('administration', () => {
    test('makes, finds, changes and removes users', async () => {
      const email = freshEmail()
      const made = await service.auth.admin.createUser({
        email,
        password,
        email_confirm: true,
        user_metadata: { name: 'Grace' },
        app_metadata: { imported: true },
      })
      expect(made.error).toBeNull()
      const id = made.data.user!.id
      expect((await client().auth.signInWithPassword({ email, password })).error).toBeNull()

      const found = await service.auth.admin.getUserById(id)
      expect(found.data.user).toMatchObject({ email, user_metadata: { name: 'Grace' } })
      expect(found.data.user?.app_metadata).toMatchObject({ imported: true, provider: 'email' })

      const changed = await service.auth.admin.updateUserById(id, { password: 'set by an admin' })
      expect(changed.error).toBeNull()
      const entered = await client().auth.signInWithPassword({ email, password: 'set by an admin' })
      expect(entered.error).toBeNull()

      expect((await service.auth.admin.deleteUser(id)).error).toBeNull()
      const gone = await service.auth.admin.getUserById(id)
      expect(gone.error).toMatchObject({ status: 404, code: 'user_not_found' })
      expect((await client().auth.getUser(entered.data.session!.access_token)).error).toMatchObject({
        code: 'user_not_found',
      })
    })

    test('a known address is refused', async () => {
      const { email } = await signedUp()
      const { error } = await service.auth.admin.createUser({ email, password })
      expect(error).toMatchObject({ status: 422, code: 'email_exists' })
    })

    test('a ban keeps people out until it is lifted', async () => {
      const { email, user, session, supabase } = await signedUp()
      await service.auth.admin.updateUserById(user.id, { ban_duration: '24h' })
      const refused = await client().auth.signInWithPassword({ email, password })
      expect(refused.error).toMatchObject({ status: 400, code: 'user_banned' })
      expect(await exchange(session.refresh_token)).toMatchObject({
        status: 400,
        body: { code: 'user_banned' },
      })
      expect((await supabase.auth.getUser()).error).toMatchObject({ status: 403, code: 'user_banned' })
      await service.auth.admin.updateUserById(user.id, { ban_duration: 'none' })
      expect((await client().auth.signInWithPassword({ email, password })).error).toBeNull()
    })

    test('a list has pages', async () => {
      for (let i = 0; i < 3; i++) await signedUp()
      const one = await service.auth.admin.listUsers({ page: 1, perPage: 2 })
      const two = await service.auth.admin.listUsers({ page: 2, perPage: 2 })
      expect(one.error).toBeNull()
      expect(one.data.users).toHaveLength(2)
      expect('total' in one.data && one.data.total).toBeGreaterThanOrEqual(3)
      expect('nextPage' in one.data && one.data.nextPage).toBe(2)
      const ids = new Set([...one.data.users, ...two.data.users].map((user) => user.id))
      expect(ids.size).toBe(one.data.users.length + two.data.users.length)
    })

    test('only the secret key may', async () => {
      const { user, session } = await signedUp()
      const asAnon = await client().auth.admin.listUsers()
      expect(asAnon.error?.status).toBeGreaterThanOrEqual(401)
      expect(asAnon.data.users).toEqual([])
      const asPerson = createClient(project.url, project.publishableKey, {
        auth: { persistSession: false },
        realtime: { transport: class {} as never },
        global: { headers: { Authorization: `Bearer ${session.access_token}` } },
      })
      const deletion = await asPerson.auth.admin.deleteUser(user.id)
      expect(deletion.error).toMatchObject({ status: 403, code: 'not_admin' })
      expect((await service.auth.admin.getUserById(user.id)).data.user?.id).toBe(user.id)
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
