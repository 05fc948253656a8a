import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { SemblanceError } from '../model/errors'
import { createTokenVerifier } from './sessions'

const url = 'http://127.0.0.1:1'
const secret = 'a-secret-that-is-long-enough-for-hs256'
const now = new Date('2026-03-01T12:00:00Z')
const clock = () => now

let privateKey: CryptoKey
let otherKey: CryptoKey
let publicJwk: Awaited<ReturnType<typeof exportJWK>>

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  privateKey = pair.privateKey
  publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
  otherKey = (await generateKeyPair('ES256')).privateKey
})

const claims = { sub: 'f0f1f2f3-0000-4000-8000-000000000001', email: 'ada@school.edu', role: 'authenticated' }

function token(
  change: JWTPayload = {},
  {
    key = privateKey,
    alg = 'ES256',
    kid = 'one',
    issuer = `${url}/auth/v1`,
  }: { key?: CryptoKey | Uint8Array; alg?: string; kid?: string; issuer?: string } = {},
) {
  const issuedAt = Math.floor(now.getTime() / 1000)
  return new SignJWT({
    ...claims,
    aud: 'authenticated',
    exp: issuedAt + 3600,
    iat: issuedAt,
    iss: issuer,
    ...change,
  })
    .setProtectedHeader({ alg, kid })
    .sign(key)
}

async function refusal(verify: (token: string) => Promise<unknown>, text: string): Promise<SemblanceError> {
  const error = await verify(text).then(
    () => new Error('it was let in'),
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(SemblanceError)
  return error as SemblanceError
}

describe('with keys that are known', () => {
  const verifier = (more = {}) => createTokenVerifier({ url, jwks: { keys: [publicJwk] }, clock, ...more })

  test('a good token becomes its caller', async () => {
    const caller = await verifier()(await token({ session_id: 's' }))
    expect(caller).toMatchObject({ id: claims.sub, email: 'ada@school.edu', role: 'authenticated' })
    expect(caller.claims).toMatchObject({ session_id: 's', aud: 'authenticated' })
  })

  test('a token without an address has none', async () => {
    expect((await verifier()(await token({ email: '' }))).email).toBeNull()
  })

  test.each<[string, () => Promise<string>]>([
    ['of another issuer', () => token({}, { issuer: 'http://elsewhere/auth/v1' })],
    ['for another audience', () => token({ aud: 'anon' })],
    ['signed by another key', () => token({}, { key: otherKey })],
    ['naming a key that is not there', () => token({}, { kid: 'two' })],
    ['that has run out', () => token({ exp: Math.floor(now.getTime() / 1000) - 1 })],
    ['that never runs out', () => token({ exp: undefined })],
    ['of the service role', () => token({ role: 'service_role' })],
    ['of nobody', () => token({ sub: undefined })],
    [
      'signed with a secret, where none is known',
      () => token({}, { key: Buffer.from(secret), alg: 'HS256' }),
    ],
    [
      'signed with the public key as a secret',
      () => token({}, { key: Buffer.from(JSON.stringify(publicJwk)), alg: 'HS256' }),
    ],
    ['that is none', () => Promise.resolve('sb_publishable_abc')],
    ['that is empty', () => Promise.resolve('')],
    ['without a signature', async () => (await token()).replace(/[^.]*$/, '')],
  ])('a token %s is refused', async (_, make) => {
    expect((await refusal(verifier(), await make())).code).toBe('UNAUTHORIZED')
  })

  test('a session that has run out is called that', async () => {
    const error = await refusal(verifier(), await token({ exp: Math.floor(now.getTime() / 1000) - 1 }))
    expect(error.message).toContain('expired')
  })

  test('a session of another project is told from one that was forged', async () => {
    const other = await refusal(verifier(), await token({}, { issuer: 'https://other.supabase.co/auth/v1' }))
    expect(other.message).toContain('https://other.supabase.co/auth/v1')
    expect(other.message).toContain(`${url}/auth/v1`)
    expect(other.data).toEqual({ reason: 'other_project' })
    const forged = await refusal(verifier(), await token({}, { key: otherKey }))
    expect(forged.data).toBeUndefined()
  })

  test('with a secret, tokens of that secret hold, and those of the keys still do', async () => {
    const verify = verifier({ secret })
    const shared = await token({}, { key: Buffer.from(secret), alg: 'HS256' })
    expect((await verify(shared)).id).toBe(claims.sub)
    expect((await verify(await token())).id).toBe(claims.sub)
    const wrong = await token({}, { key: Buffer.from(`${secret}!`), alg: 'HS256' })
    expect((await refusal(verify, wrong)).code).toBe('UNAUTHORIZED')
  })
})

describe('with keys that the project publishes', () => {
  let requests = 0
  let isAway = false
  const server = createServer((_, response) => {
    requests++
    if (isAway) return response.writeHead(502).end()
    return response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [publicJwk] }))
  })
  let project: string
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          project = `http://127.0.0.1:${(server.address() as { port: number }).port}`
          resolve()
        })
      }),
  )
  afterAll(() => server.close())

  test('they are fetched once', async () => {
    const verify = createTokenVerifier({ url: `${project}/`, clock })
    const good = await token({}, { issuer: `${project}/auth/v1` })
    expect((await verify(good)).id).toBe(claims.sub)
    expect((await verify(good)).id).toBe(claims.sub)
    expect(requests).toBe(1)
  })

  test('who is signed in stays so while the project is away', async () => {
    // The clock of jose's cache is the machine's: ten minutes later it fetches again.
    vi.useFakeTimers({ toFake: ['Date'], now })
    const verify = createTokenVerifier({ url: project, clock })
    const good = await token({}, { issuer: `${project}/auth/v1` })
    await verify(good)
    isAway = true
    vi.setSystemTime(now.getTime() + 11 * 60_000)
    const before = requests
    expect((await verify(good)).id).toBe(claims.sub)
    expect(requests).toBe(before + 1)
    const unknown = await token({}, { kid: 'two', issuer: `${project}/auth/v1` })
    expect((await refusal(verify, unknown)).code).toBe('UNAVAILABLE')
    isAway = false
    vi.useRealTimers()
  })

  test('a project that signs with a secret wants it', async () => {
    const verify = createTokenVerifier({ url: project, clock })
    const shared = await token({}, { key: Buffer.from(secret), alg: 'HS256', issuer: `${project}/auth/v1` })
    const error = await refusal(verify, shared)
    expect(error.code).toBe('UNAUTHORIZED')
    expect(error.message).toContain('SEMBLANCE_SUPABASE_JWT_SECRET')
  })

  test('a project that can not be reached is an outage, not a bad sign-in', async () => {
    const verify = createTokenVerifier({ url, clock })
    expect((await refusal(verify, await token())).code).toBe('UNAVAILABLE')
  })
})
