import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import WebSocket from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { freshEmail, password, signUp } from './people'
import { openTestProject, testProjects, type Project } from './project'

const projects = await testProjects()

/** What Semblance needs of the users that Supabase Auth keeps. Nothing here knows who answers. */
describe.each(projects)('users of auth, on %s', (which) => {
  let project: Project
  let service: SupabaseClient
  beforeAll(async () => {
    project = await openTestProject(which)
    service = createSupabase({ url: project.url, key: project.secretKey })
  })
  afterAll(() => project?.close())

  const client = () => createSupabase({ url: project.url, key: project.publishableKey })
  const signedUp = (data?: object) => signUp(project, data)

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
      const { supabase } = await signedUp({ name: 'Ada', school: 'Analytical' })
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
      const { supabase } = await signedUp({ role: 'service_role', app_metadata: { admin: true } })
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
      const before = await client().auth.signInWithPassword({ email, password })
      expect(before.error).toBeNull()

      const found = await service.auth.admin.getUserById(id)
      expect(found.data.user).toMatchObject({ email, user_metadata: { name: 'Grace' } })
      expect(found.data.user?.app_metadata).toMatchObject({ imported: true, provider: 'email' })

      const changed = await service.auth.admin.updateUserById(id, { password: 'set by an admin' })
      expect(changed.error).toBeNull()
      const renewed = await client().auth.refreshSession(before.data.session!)
      expect(renewed.error).toMatchObject({ status: 400, code: 'refresh_token_not_found' })
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
      const renewed = await client().auth.refreshSession(session)
      expect(renewed.error).toMatchObject({ status: 400, code: 'user_banned' })
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
        realtime: { transport: WebSocket as never },
        global: { headers: { Authorization: `Bearer ${session.access_token}` } },
      })
      const deletion = await asPerson.auth.admin.deleteUser(user.id)
      expect(deletion.error).toMatchObject({ status: 403, code: 'not_admin' })
      expect((await service.auth.admin.getUserById(user.id)).data.user?.id).toBe(user.id)
    })
  })
})
