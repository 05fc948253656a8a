import { randomUUID } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createUsers } from '../../core/supabase/users'
import { createTestDatabase, type TestDatabase } from '../factories/database'
import { openProject, type EmbeddedProject } from './project'

/** What only the embedded Auth promises, or what only a clock of ours can show. */
const password = 'correct horse battery'
const freshEmail = () => `${randomUUID()}@school.edu`
const origin = 'app://semblance'

describe('embedded auth', () => {
  let project: EmbeddedProject
  let now = new Date('2026-03-01T12:00:00Z')
  const pass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1000))
  beforeAll(async () => {
    project = await openProject('pglite', { clock: () => now, origins: [origin] })
  })
  afterAll(() => project?.close())

  const service = () => createSupabase({ url: project.url, key: project.secretKey })

  async function call(path: string, body?: object, headers: Record<string, string> = {}, method?: string) {
    const response = await fetch(`${project.url}/auth/v1${path}`, {
      method: method ?? (body ? 'POST' : 'GET'),
      headers: { apikey: project.publishableKey, 'content-type': 'application/json', ...headers },
      body: body ? JSON.stringify(body) : undefined,
    })
    const text = await response.text()
    return {
      response,
      status: response.status,
      body: text ? (JSON.parse(text) as Record<string, string>) : {},
    }
  }
  const signUp = async () => (await call('/signup', { email: freshEmail(), password })).body
  const bearer = (session: Record<string, string>) => ({ authorization: `Bearer ${session.access_token}` })
  const refresh = (session: Record<string, string>) =>
    call('/token?grant_type=refresh_token', { refresh_token: session.refresh_token })

  test('an access token lives an hour, its refresh token longer', async () => {
    const session = await signUp()
    pass(3599)
    expect((await call('/user', undefined, bearer(session))).status).toBe(200)
    pass(2)
    expect(await call('/user', undefined, bearer(session))).toMatchObject({
      status: 403,
      body: { code: 'bad_jwt' },
    })
    pass(30 * 24 * 3600)
    const renewed = await refresh(session)
    expect(renewed.status).toBe(200)
    expect((await call('/user', undefined, bearer(renewed.body))).status).toBe(200)
  })

  test('a session with an end ends', async () => {
    const session = await signUp()
    const end = new Date(now.getTime() + 60_000).toISOString()
    await project.database.asOwner((trx) =>
      sql`update auth.sessions set not_after = ${end}::timestamptz
        where user_id = (select id from auth.users order by created_at desc limit 1)`.execute(trx),
    )
    pass(61)
    expect(await refresh(session)).toMatchObject({ status: 400, body: { code: 'session_expired' } })
    expect(await call('/user', undefined, bearer(session))).toMatchObject({
      status: 403,
      body: { code: 'session_not_found' },
    })
  })

  test('a ban runs out by itself', async () => {
    const email = freshEmail()
    const { data } = await service().auth.admin.createUser({ email, password, ban_duration: '1h30m' })
    const signIn = () => call('/token?grant_type=password', { email, password })
    expect(data.user).toMatchObject({ banned_until: new Date(now.getTime() + 5400_000).toISOString() })
    expect((await signIn()).body.code).toBe('user_banned')
    pass(5401)
    expect((await signIn()).status).toBe(200)
  })

  test('a profile is made at sign-up, follows the address, and goes with the user', async () => {
    const users = createUsers(service())
    const email = freshEmail()
    const { id } = await users.create({
      email,
      password,
      metadata: { name: 'Ada', gender: 'female', school: 'A' },
    })
    const profile = async () =>
      (
        await project.database.asOwner((trx) =>
          trx
            .selectFrom('profiles')
            .select(['email', 'name', 'gender', 'school', 'role'])
            .where('id', '=', id)
            .execute(),
        )
      )[0]
    expect(await profile()).toEqual({ email, name: 'Ada', gender: 'female', school: 'A', role: 'user' })
    await expect(users.create({ email, password })).rejects.toMatchObject({ code: 'CONFLICT' })
    const other = freshEmail()
    await service().auth.admin.updateUserById(id, { email: other })
    expect((await profile())?.email).toBe(other)
    await users.remove(id)
    expect(await profile()).toBeUndefined()
    await users.remove(id)
  })

  test('a soft deletion leaves an empty shell that nobody can enter', async () => {
    const email = freshEmail()
    const session = (await call('/signup', { email, password })).body
    const { data } = await service().auth.getUser(session.access_token)
    await service().auth.admin.deleteUser(data.user!.id, true)
    expect((await call('/token?grant_type=password', { email, password })).body.code).toBe(
      'invalid_credentials',
    )
    expect((await refresh(session)).status).toBe(400)
    const { rows } = await project.database.asOwner((trx) =>
      sql`select raw_user_meta_data, encrypted_password, deleted_at is not null as deleted
        from auth.users where id = ${data.user!.id}::uuid`.execute(trx),
    )
    expect(rows).toEqual([{ raw_user_meta_data: {}, encrypted_password: '', deleted: true }])
    expect((await call('/signup', { email, password })).status).toBe(200)
  })

  describe('passwords', () => {
    test('are kept as argon2id only', async () => {
      await signUp()
      const { rows } = await project.database.asOwner((trx) =>
        sql<{
          hash: string
        }>`select encrypted_password as hash from auth.users where encrypted_password <> ''`.execute(trx),
      )
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    })

    test('come along as argon2id hashes, and as nothing else', async () => {
      const email = freshEmail()
      const password_hash = await hash('from elsewhere', { memoryCost: 4096 })
      const made = await service().auth.admin.createUser({ email, password_hash })
      expect(made.error).toBeNull()
      expect((await call('/token?grant_type=password', { email, password: 'from elsewhere' })).status).toBe(
        200,
      )
      const argon2i = password_hash.replace('argon2id', 'argon2i')
      for (const other of [argon2i, '$2a$10$abcdefghijklmnopqrstuv', 'plain']) {
        const refused = await service().auth.admin.createUser({
          email: freshEmail(),
          password_hash: other,
        })
        expect(refused.error?.code).toBe('validation_failed')
      }
    })
  })

  test('a role token of the same key is not a person', async () => {
    const answer = await call('/user', undefined, { authorization: `Bearer ${project.secretKey}` })
    expect(answer).toMatchObject({ status: 403, body: { code: 'bad_jwt' } })
  })

  test.each([
    ['no JSON', '{"email":', 'bad_json', 400],
    ['a list', '[]', 'validation_failed', 400],
    ['numbers', '{"email": 1, "password": 2}', 'validation_failed', 400],
    [
      'metadata without end',
      JSON.stringify({ email: 'a@b.edu', password, data: { x: 'x'.repeat(5000) } }),
      'validation_failed',
      400,
    ],
    ['a body without end', `"${'x'.repeat(100_000)}"`, 'request_too_large', 413],
  ])('a sign-up with %s is refused in the words of the protocol', async (_, body, code, status) => {
    const response = await fetch(`${project.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: project.publishableKey, 'content-type': 'application/json' },
      body,
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('x-sb-error-code')).toBe(code)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ code, message: expect.any(String) as string })
  })

  test('only listed origins may read answers, errors included', async () => {
    const preflight = (from: string) =>
      fetch(`${project.url}/auth/v1/token?grant_type=password`, {
        method: 'OPTIONS',
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers':
            'apikey,authorization,content-type,x-client-info,x-supabase-api-version',
        },
      })
    const good = await preflight(origin)
    expect(good.headers.get('access-control-allow-origin')).toBe(origin)
    expect(good.headers.get('access-control-allow-headers')).toContain('apikey')
    const bad = await preflight('https://evil.example')
    expect(bad.headers.get('access-control-allow-origin')).toBeNull()
    const refused = await call('/token?grant_type=password', { email: 'a@b.edu', password: 'x' }, { origin })
    expect(refused.status).toBe(400)
    expect(refused.response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(refused.response.headers.get('access-control-expose-headers')).toContain('x-sb-error-code')
    const stranger = await call('/health', undefined, { origin: 'https://evil.example' })
    expect(stranger.response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('embedded auth, its limits', () => {
  const limit = { burst: 3, windowSeconds: 300 }
  const wide = { burst: 1000, windowSeconds: 1 }
  let shared: TestDatabase
  let project: EmbeddedProject
  let now = new Date('2026-03-01T12:00:00Z')
  beforeAll(async () => {
    shared = await createTestDatabase('pglite')
  })
  afterEach(() => project?.close())
  afterAll(() => shared?.close())
  const open = async (limits: object, more = {}) => {
    project = await openProject('pglite', { clock: () => now, limits, database: shared.database, ...more })
  }

  async function status(path: string, body: object, key = project.publishableKey) {
    const response = await fetch(`${project.url}/auth/v1${path}`, {
      method: 'POST',
      headers: { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    return {
      status: response.status,
      code: response.headers.get('x-sb-error-code'),
      wait: response.headers.get('retry-after'),
    }
  }
  const signIn = (email: string, key?: string) =>
    status('/token?grant_type=password', { email, password: 'guess guess' }, key)

  test('guessing at one address stops, others go on, and the wait is told', async () => {
    await open({ signInPerEmail: limit, signInPerAddress: wide })
    for (let i = 0; i < 3; i++) expect((await signIn('ada@school.edu')).status).toBe(400)
    expect(await signIn('Ada@School.edu ')).toEqual({
      status: 429,
      code: 'over_request_rate_limit',
      wait: '100',
    })
    expect((await signIn('bob@school.edu')).status).toBe(400)
    now = new Date(now.getTime() + 100_000)
    expect((await signIn('ada@school.edu')).status).toBe(400)
  })

  test('one machine may not try everybody', async () => {
    await open({ signInPerAddress: limit, signInPerEmail: wide })
    for (let i = 0; i < 3; i++) expect((await signIn(freshEmail())).status).toBe(400)
    expect((await signIn(freshEmail())).status).toBe(429)
  })

  test('nor sign up a crowd, nor guess at refresh tokens', async () => {
    await open({ signUpPerAddress: limit, refreshPerAddress: limit })
    for (let i = 0; i < 3; i++)
      expect((await status('/signup', { email: freshEmail(), password })).status).toBe(200)
    expect((await status('/signup', { email: freshEmail(), password })).status).toBe(429)
    const guess = () => status('/token?grant_type=refresh_token', { refresh_token: randomUUID() })
    for (let i = 0; i < 3; i++) expect((await guess()).status).toBe(400)
    expect((await guess()).status).toBe(429)
  })

  test('the host itself is not held up', async () => {
    await open({ signUpPerAddress: limit, signInPerAddress: limit, signInPerEmail: limit })
    const key = project.secretKey
    for (let i = 0; i < 6; i++) {
      expect((await status('/signup', { email: freshEmail(), password }, key)).status).toBe(200)
      expect((await signIn('ada@school.edu', key)).status).toBe(400)
    }
  })

  test('sign-up can be closed, for people', async () => {
    await open({}, { signUp: false })
    expect(await status('/signup', { email: freshEmail(), password })).toMatchObject({
      status: 422,
      code: 'signup_disabled',
    })
    const service = createSupabase({ url: project.url, key: project.secretKey })
    expect((await service.auth.admin.createUser({ email: freshEmail(), password })).error).toBeNull()
  })
})
