import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'
import { SemblanceError } from '../model/errors'
import { writeFileAtomic } from './data-directory-files'
import { isPublishedSecret } from './published-secrets'

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
  /** 64 hex digits: 256 bits for AES-GCM. Files from before second factors have none. */
  factor_key: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
type KeysFile = z.infer<typeof keysFile>

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
  /** AES-256-GCM, encrypts the secrets of second factors in the database. */
  factorKey: Uint8Array
}

/**
 * Reads `keys.json` of the data directory, making it first (mode 0600, all or nothing) where there is none.
 *
 * @param warn Told, in a line for a person, that others could read the file until now.
 * @throws SemblanceError UNAVAILABLE where the file is there but broken (making another would sign everybody out), where
 * others can read it and that can't be mended, or where it holds a secret that anybody can look up.
 */
export async function loadKeys(directory: string, warn: (line: string) => void = () => {}): Promise<Keys> {
  const path = join(directory, 'keys.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error)
    text = await createKeysFile(directory, path)
  }
  const file = parseKeys(path, text)
  await keepPrivate(path, warn)
  const factorKey = file.factor_key ?? (await addFactorKey(path, file))
  const { d: _private, ...publicKey } = file.signing_key
  return {
    publishableKey: file.publishable_key,
    secretKey: file.secret_key,
    signingKey: file.signing_key,
    jwks: { keys: [{ ...publicKey, use: 'sig', key_ops: ['verify'] }] },
    storageSecret: Buffer.from(file.storage_secret, 'hex'),
    factorKey: Buffer.from(factorKey, 'hex'),
  }
}

function parseKeys(path: string, text: string): KeysFile {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw unreadable(path, error)
  }
  // Before the format: a published key may be shorter than ours.
  refusePublished(path, content)
  const parsed = keysFile.safeParse(content)
  if (!parsed.success) throw unreadable(path, parsed.error)
  return parsed.data
}

/** @throws SemblanceError where any text of the file, however deep, is a published secret */
function refusePublished(path: string, content: unknown): void {
  if (typeof content === 'object' && content !== null) {
    for (const part of Object.values(content)) refusePublished(path, part)
  }
  if (typeof content !== 'string' || !isPublishedSecret(content)) return
  throw new SemblanceError(
    'UNAVAILABLE',
    `${path} holds a key that is published with Supabase's development tools: anybody could sign in as anybody. ` +
      'Delete the file; the next start makes keys of its own, and everybody has to sign in again.',
    { path },
  )
}

/** @throws SemblanceError where others can read the file and the file system does not let that be changed */
async function keepPrivate(path: string, warn: (line: string) => void): Promise<void> {
  // Windows has no such bits: there the folder of the account protects the file.
  if (process.platform === 'win32' || !(await isOpenToOthers(path))) return
  await chmod(path, 0o600).catch(() => undefined)
  if (await isOpenToOthers(path)) {
    throw new SemblanceError(
      'UNAVAILABLE',
      `Other accounts of this machine can read the keys in ${path}. Run: chmod 600 ${path} (or choose another data ` +
        'directory with SEMBLANCE_HOME, where its file system knows no permissions).',
      { path },
    )
  }
  warn(
    `Other accounts of this machine could read ${path}; now only this one can. If that was for long, delete the file: ` +
      'the next start makes new keys, and everybody has to sign in again.',
  )
}

async function isOpenToOthers(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o077) !== 0
}

async function addFactorKey(path: string, file: KeysFile): Promise<string> {
  const factor_key = randomBytes(32).toString('hex')
  await writeFileAtomic(path, written({ ...file, factor_key }))
  return factor_key
}

async function createKeysFile(directory: string, path: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const file = {
    signing_key: { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'ES256' },
    publishable_key: `sb_publishable_${randomBytes(24).toString('base64url')}`,
    secret_key: `sb_secret_${randomBytes(32).toString('base64url')}`,
    storage_secret: randomBytes(32).toString('hex'),
    factor_key: randomBytes(32).toString('hex'),
  }
  const text = written(file)
  await mkdir(directory, { recursive: true })
  await writeFileAtomic(path, text)
  return text
}

function written(file: object): string {
  return JSON.stringify(file, null, 2) + '\n'
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
