import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { z } from 'zod'

/** RFC 6238 as every authenticator app takes it: SHA-1, six digits, steps of 30 s, one step early or late. */
const shape = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const tolerance = 1
const cipher = 'aes-256-gcm'

const sealedSchema = z.object({
  alg: z.literal(cipher),
  nonce: z.string(),
  data: z.string(),
  /** The step of the last code that was taken; null before the first. */
  last_step: z.number().int().nullable(),
})

/** What `auth.mfa_factors.secret` holds: the secret, encrypted, and how far its codes are used up. */
type Sealed = z.infer<typeof sealedSchema>

/** 160 random bits in base32, as RFC 4226 recommends, and the address that an authenticator app reads. */
export function createSecret(issuer: string, account: string): { secret: string; uri: string } {
  const secret = new Secret({ size: 20 })
  return { secret: secret.base32, uri: new TOTP({ ...shape, issuer, label: account, secret }).toString() }
}

/**
 * Encrypts a secret for the database. It is bound to its factor: the text of one row is of no use in another.
 * @param key 256 bits
 */
export function sealSecret(secret: string, factorId: string, key: Uint8Array): string {
  const nonce = randomBytes(12)
  const encrypt = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(factorId))
  const data = Buffer.concat([encrypt.update(secret, 'utf8'), encrypt.final(), encrypt.getAuthTag()])
  return write({
    alg: cipher,
    nonce: nonce.toString('base64'),
    data: data.toString('base64'),
    last_step: null,
  })
}

/**
 * Checks a code at a time. Codes up to the last one taken are used up (RFC 6238, 5.2).
 *
 * @returns the text for the database that remembers this code as used, or null where the code is wrong or used
 * @throws where the text was not sealed with this key for this factor
 */
export function takeCode(
  sealed: string,
  code: string,
  { factorId, key, now }: { factorId: string; key: Uint8Array; now: Date },
): string | null {
  const held = sealedSchema.parse(JSON.parse(sealed))
  const secret = Secret.fromBase32(openSecret(held, factorId, key))
  const totp = new TOTP({ ...shape, secret })
  const timestamp = now.getTime()
  const delta = totp.validate({ token: code, timestamp, window: tolerance })
  if (delta === null) return null
  const step = totp.counter({ timestamp }) + delta
  if (held.last_step !== null && step <= held.last_step) return null
  return write({ ...held, last_step: step })
}

function openSecret({ nonce, data }: Sealed, factorId: string, key: Uint8Array): string {
  const bytes = Buffer.from(data, 'base64')
  const decrypt = createDecipheriv(cipher, key, Buffer.from(nonce, 'base64'), { authTagLength: 16 })
    .setAAD(Buffer.from(factorId))
    .setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decrypt.update(bytes.subarray(0, -16)), decrypt.final()]).toString('utf8')
}

function write(sealed: Sealed): string {
  return JSON.stringify(sealed)
}
