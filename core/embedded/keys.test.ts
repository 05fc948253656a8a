import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SemblanceError } from '../model/errors'
import { loadKeys } from './keys'
import { isPublishedSecret } from './published-secrets'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'semblance-keys-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('the first start makes keys that only this account may read, the second reads them', async () => {
  const made = await loadKeys(directory)
  expect(made.publishableKey).toMatch(/^sb_publishable_[\w-]{32}$/)
  expect(made.secretKey).toMatch(/^sb_secret_[\w-]{43}$/)
  expect(made.storageSecret).toHaveLength(32)
  expect(made.factorKey).toHaveLength(32)
  expect(await readdir(directory)).toEqual(['keys.json'])
  if (process.platform !== 'win32')
    expect((await stat(join(directory, 'keys.json'))).mode & 0o777).toBe(0o600)
  expect(await loadKeys(directory)).toEqual(made)
})

test('the published keys hold nothing private', async () => {
  const { jwks, signingKey } = await loadKeys(directory)
  expect(jwks.keys).toHaveLength(1)
  expect(Object.keys(jwks.keys[0])).not.toContain('d')
  expect(jwks.keys[0]).toMatchObject({ kid: signingKey.kid, alg: 'ES256', use: 'sig' })
})

test('two data directories share no key', async () => {
  const one = await loadKeys(directory)
  const other = await loadKeys(join(directory, 'other'))
  expect(other.secretKey).not.toBe(one.secretKey)
  expect(other.signingKey.d).not.toBe(one.signingKey.d)
})

test.each([
  ['cut off', (text: string) => text.slice(0, 100)],
  ['emptied', () => ''],
  ['without its secret key', (text: string) => text.replace('sb_secret_', 'sb_')],
  ['with a storage secret that is too short', (text: string) => text.replace(/[0-9a-f]{64}/, 'abcd')],
])('a file %s is an error that says what to do, and stays as it is', async (_, damage) => {
  await loadKeys(directory)
  const path = join(directory, 'keys.json')
  const damaged = damage(await readFile(path, 'utf8'))
  await writeFile(path, damaged)
  const error = await loadKeys(directory).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(SemblanceError)
  expect((error as SemblanceError).code).toBe('UNAVAILABLE')
  expect((error as SemblanceError).message).toContain(path)
  expect(await readFile(path, 'utf8')).toBe(damaged)
})

test('a file from before second factors gets a key for them, and keeps the others', async () => {
  const before = await loadKeys(directory)
  const path = join(directory, 'keys.json')
  const { factor_key: _, ...old } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  await writeFile(path, JSON.stringify(old))
  const first = await loadKeys(directory)
  expect(first.factorKey).toHaveLength(32)
  expect({ ...first, factorKey: before.factorKey }).toEqual(before)
  expect(await loadKeys(directory)).toEqual(first)
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test.skipIf(process.platform === 'win32')(
  'a file that others can read is closed, and that is said',
  async () => {
    const made = await loadKeys(directory)
    const path = join(directory, 'keys.json')
    await chmod(path, 0o644)
    const warnings: string[] = []
    expect(await loadKeys(directory, (line) => warnings.push(line))).toEqual(made)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(path)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await loadKeys(directory, (line) => warnings.push(line))
    expect(warnings).toHaveLength(1)
  },
)

/** As Supabase's command line and its Docker setup publish them. */
const demoKey = `x.${Buffer.from('{"iss":"supabase-demo","role":"anon","exp":1983812996}').toString('base64url')}.y`

describe('a published secret', () => {
  test.each([
    ['secret_key', 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz'],
    ['publishable_key', 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH'],
    ['publishable_key', demoKey],
    ['storage_secret', 'super-secret-jwt-token-with-at-least-32-characters-long'],
    ['signing_key', { x: 'M5Sjqn5zwC9Kl1zVfUUGvv9boQjCGd45G8sdopBExB4' }],
  ])('as %s keeps the host from starting', async (name, value) => {
    await loadKeys(directory)
    const path = join(directory, 'keys.json')
    const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, object>
    const changed = typeof value === 'string' ? value : { ...file[name], ...value }
    await writeFile(path, JSON.stringify({ ...file, [name]: changed }))
    await expect(loadKeys(directory)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('published') as string,
    })
  })

  test('is told from one of our own and from another JWT', async () => {
    const { secretKey, publishableKey } = await loadKeys(directory)
    for (const own of [secretKey, publishableKey, demoKey.replace(/\.\w+\./, '.e30.'), 'a.b.c', '']) {
      expect(isPublishedSecret(own)).toBe(false)
    }
    expect(isPublishedSecret(`${demoKey}\n`)).toBe(true)
  })
})
