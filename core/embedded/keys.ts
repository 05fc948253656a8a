import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'
import { SemblanceError } from '../model/errors'
import { writeFileAtomic } from './data-directory-files'

const privateJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1),
  alg: z.literal('ES256'),
  x: z.string().min(1),
  y: z.string().min(1),
  d: z.string().min(1),
})

const keysFile = z.object({
  signing_key: privateJwk,
  publishable_key: z.string().regex(/^sb_publishable_[\w-]{22,}$/),
  secret_key: z.string().regex(/^sb_secret_[\w-]{32,}$/),
  /** 64 hex digits: 256 bits for HS256. */
  storage_secret: z.string().regex(/^[0-9a-f]{64}$/),
})

export type PrivateJwk = z.infer<typeof privateJwk>
export type PublicJwk = Omit<PrivateJwk, 'd'> & { use: 'sig'; key_ops: ['verify'] }

/** The secrets of the embedded services, made once a data directory. Never logged, never sent to a client. */
export interface Keys {
  /** Maps to the role anon; it is meant to be public. */
  publishableKey: string
  /** Maps to service_role, past row-level security; it never leaves this machine. */
  secretKey: string
  /** ES256, signs access tokens. */
  signingKey: PrivateJwk
  /** What clients verify access tokens with. */
  jwks: { keys: PublicJwk[] }
  /** HS256, signs Storage's URLs. */
  storageSecret: Uint8Array
}

/**
 * Reads `keys.json` of the data directory, making it first (mode 0600, all or nothing) where there is none.
 *
 * @throws SemblanceError UNAVAILABLE where the file is there but broken: making another would sign everybody out.
 */
export async function loadKeys(directory: string): Promise<Keys> {
  const path = join(directory, 'keys.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error)
    text = await createKeysFile(directory, path)
  }
  return parseKeys(path, text)
}

function parseKeys(path: string, text: string): Keys {
  let file: z.infer<typeof keysFile>
  try {
    file = keysFile.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(path, error)
  }
  const { d: _private, ...publicKey } = file.signing_key
  return {
    publishableKey: file.publishable_key,
    secretKey: file.secret_key,
    signingKey: file.signing_key,
    jwks: { keys: [{ ...publicKey, use: 'sig', key_ops: ['verify'] }] },
    storageSecret: Buffer.from(file.storage_secret, 'hex'),
  }
}

async function createKeysFile(directory: string, path: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const file = {
    signing_key: { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'ES256' },
    publishable_key: `sb_publishable_${randomBytes(24).toString('base64url')}`,
    secret_key: `sb_secret_${randomBytes(32).toString('base64url')}`,
    storage_secret: randomBytes(32).toString('hex'),
  }
  const text = JSON.stringify(file, null, 2) + '\n'
  await mkdir(directory, { recursive: true })
  await writeFileAtomic(path, text)
  return text
}

function unreadable(path: string, cause: unknown): SemblanceError {
  return new SemblanceError(
    'UNAVAILABLE',
    `The keys in ${path} can't be read. Restore the file from a backup; deleting it makes new keys, ` +
      'and everybody has to sign in again.',
    { path },
    { cause },
  )
}
