import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { SemblanceError } from '../model/errors'
import { readConfig } from './config'

const database = 'postgresql://me:pass-word@db.example:5432/postgres'
const url = 'https://abcdefghijkl.supabase.co'
const publishable = 'sb_publishable_0123456789abcdefghij'
const secret = 'sb_secret_0123456789abcdefghij'
const complete = {
  SEMBLANCE_DATABASE_URL: database,
  SEMBLANCE_SUPABASE_URL: url,
  SEMBLANCE_SUPABASE_KEY: publishable,
}
const jwt = (claims: Record<string, string>) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('any'))

function refusal(environment: Record<string, string>, saved: object | null = null): string {
  try {
    readConfig(environment, saved)
  } catch (error) {
    expect(error).toBeInstanceOf(SemblanceError)
    expect((error as SemblanceError).code).toBe('BAD_REQUEST')
    return (error as SemblanceError).message
  }
  throw new Error('it was taken')
}

test('with nothing, everything is of this machine', () => {
  expect(readConfig({})).toMatchObject({ databaseUrl: null, callersDatabaseUrl: null, supabase: null })
  expect(readConfig({ SEMBLANCE_SUPABASE_URL: '', SEMBLANCE_DATABASE_URL: '' }).supabase).toBeNull()
})

test('a database alone keeps the services of this host', () => {
  expect(readConfig({ SEMBLANCE_DATABASE_URL: database })).toMatchObject({
    databaseUrl: database,
    supabase: null,
  })
})

test('a project has its URL, its keys and its database', () => {
  expect(readConfig({ ...complete, SEMBLANCE_SUPABASE_URL: `${url}//` })).toMatchObject({
    databaseUrl: database,
    supabase: { url, publishableKey: publishable, secretKey: null, jwtSecret: null },
  })
  const more = {
    SEMBLANCE_SUPABASE_SECRET_KEY: secret,
    SEMBLANCE_SUPABASE_JWT_SECRET: 'a'.repeat(40),
    SEMBLANCE_CALLERS_DATABASE_URL: 'postgres://callers@db.example/postgres',
  }
  expect(readConfig({ ...complete, ...more })).toMatchObject({
    callersDatabaseUrl: 'postgres://callers@db.example/postgres',
    supabase: { secretKey: secret, jwtSecret: 'a'.repeat(40) },
  })
})

describe('a URL that is none of a project', () => {
  test.each([
    ['https://supabase.com/dashboard/project/abcdefghijkl/settings/api', `own is ${url}`],
    ['https://db.abcdefghijkl.supabase.co', `own is ${url}`],
    [`${url}/rest/v1/`, `write ${url}`],
    [`${url}/auth/v1`, `write ${url}`],
    [`${url}/?apikey=1`, `write ${url}`],
    ['https://example.org/base/storage/v1/object', 'write https://example.org/base'],
    ['http://studio.example.org/project/default', 'dashboard'],
    ['http://abcdefghijkl.supabase.co', `Write ${url}`],
    [database, "database's URL"],
    ['abcdefghijkl', 'must be a URL'],
    ['ftp://example.org', 'https://'],
  ])('%s says what to write', (text, words) => {
    const message = refusal({ ...complete, SEMBLANCE_SUPABASE_URL: text })
    expect(message).toMatch(/^SEMBLANCE_SUPABASE_URL: /)
    expect(message).toContain(words)
  })

  test.each(['http://127.0.0.1:54321', 'http://localhost:54321', 'http://[::1]:54321'])(
    '%s may do without TLS',
    (text) => {
      expect(readConfig({ ...complete, SEMBLANCE_SUPABASE_URL: text }).supabase?.url).toBe(text)
    },
  )
})

describe('keys', () => {
  test('a secret one is never handed to pages, however it is written', async () => {
    for (const key of [secret, 'sb_secret_', await jwt({ role: 'service_role' })]) {
      const message = refusal({ ...complete, SEMBLANCE_SUPABASE_KEY: key })
      expect(message).toMatch(/^SEMBLANCE_SUPABASE_KEY: is a secret key/)
      expect(message).not.toContain(key.slice(10) || 'nothing to leak')
    }
  })

  test('the older ones name their project', async () => {
    const anon = await jwt({ role: 'anon', ref: 'abcdefghijkl' })
    expect(readConfig({ ...complete, SEMBLANCE_SUPABASE_KEY: anon }).supabase?.publishableKey).toBe(anon)
    const other = await jwt({ role: 'anon', ref: 'zyxwvutsrqpo' })
    expect(refusal({ ...complete, SEMBLANCE_SUPABASE_KEY: other })).toContain(
      'belongs to the project zyxwvutsrqpo, and the URL to abcdefghijkl',
    )
  })

  test('each has its place', async () => {
    const person = await jwt({ role: 'authenticated' })
    expect(refusal({ ...complete, SEMBLANCE_SUPABASE_KEY: person })).toContain('no publishable key')
    expect(refusal({ ...complete, SEMBLANCE_SUPABASE_SECRET_KEY: publishable })).toContain(
      'is the publishable key',
    )
    expect(refusal({ ...complete, SEMBLANCE_SUPABASE_JWT_SECRET: 'short' })).toContain('too short')
  })

  test('what every fresh installation starts with is no secret beyond this machine', () => {
    const known = {
      SEMBLANCE_SUPABASE_JWT_SECRET: 'super-secret-jwt-token-with-at-least-32-characters-long',
    }
    expect(refusal({ ...complete, ...known })).toContain('anybody may know it')
    const local = { ...complete, ...known, SEMBLANCE_SUPABASE_URL: 'http://127.0.0.1:54321' }
    expect(readConfig(local).supabase?.jwtSecret).toBe(known.SEMBLANCE_SUPABASE_JWT_SECRET)
  })
})

test.each([
  [{ SEMBLANCE_SUPABASE_URL: url, SEMBLANCE_DATABASE_URL: database }, ['SEMBLANCE_SUPABASE_KEY']],
  [{ SEMBLANCE_SUPABASE_KEY: publishable, SEMBLANCE_DATABASE_URL: database }, ['SEMBLANCE_SUPABASE_URL']],
  [{ SEMBLANCE_SUPABASE_URL: url, SEMBLANCE_SUPABASE_KEY: publishable }, ['SEMBLANCE_DATABASE_URL']],
  [{ SEMBLANCE_SUPABASE_SECRET_KEY: secret }, ['SEMBLANCE_SUPABASE_URL']],
  [{ SEMBLANCE_CALLERS_DATABASE_URL: database }, ['SEMBLANCE_DATABASE_URL']],
  [
    { SEMBLANCE_DATABASE_URL: 'mysql://a', SEMBLANCE_PORT: '99999' },
    ['SEMBLANCE_PORT', 'SEMBLANCE_DATABASE_URL'],
  ],
])('%o lacks something, which is named', (environment, missing) => {
  const lines = refusal(environment).split('\n')
  expect(lines.map((line) => line.split(':')[0])).toEqual(missing)
})

test('no secret stands in a refusal', () => {
  const message = refusal({
    SEMBLANCE_DATABASE_URL: 'mysql://me:pass-word@db.example/postgres',
    SEMBLANCE_SUPABASE_URL: 'https://me:pass-word@abcdefghijkl.supabase.co',
    SEMBLANCE_SUPABASE_KEY: secret,
    SEMBLANCE_SUPABASE_SECRET_KEY: 'mistyped-0123456789',
    SEMBLANCE_SUPABASE_JWT_SECRET: 'hush-hush',
  })
  for (const hidden of ['pass-word', secret, 'mistyped-0123456789', 'hush-hush'])
    expect(message).not.toContain(hidden)
})

test('what was saved counts only where no variable speaks of a connection', () => {
  const saved = { databaseUrl: database, supabaseUrl: url, publishableKey: publishable }
  expect(readConfig({ SEMBLANCE_PORT: '47101' }, saved)).toMatchObject({
    port: 47101,
    databaseUrl: database,
    supabase: { url },
  })
  const other = readConfig({ SEMBLANCE_DATABASE_URL: 'postgres://other/name' }, saved)
  expect(other).toMatchObject({ databaseUrl: 'postgres://other/name', supabase: null })
  expect(refusal({}, { ...saved, publishableKey: undefined })).toMatch(
    /^The saved connection, publishableKey: /,
  )
})
