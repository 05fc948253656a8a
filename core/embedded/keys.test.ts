import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SemblanceError } from '../model/errors'
import { loadKeys } from './keys'

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
