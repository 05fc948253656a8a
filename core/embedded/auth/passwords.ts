import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { AuthError, validationFailed } from './errors'

/** Argon2id by the library's default algorithm; 19 MiB, two passes, as OWASP advises. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const minimumLength = 8
/** Supabase refuses more; the bound keeps accounts portable. */
const maximumBytes = 72

/** Argon2id in PHC format; runs in the thread pool. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
}

/** True where the password is that of the hash; false for a hash of another kind, too. */
export async function passwordMatches(password: string, encrypted: string): Promise<boolean> {
  try {
    return await verify(encrypted, password)
  } catch {
    return false
  }
}

let decoy: Promise<string> | undefined

/** Takes as long as a real check, so that the time of an answer doesn't tell whether an address is known. */
export async function wasteTimeOn(password: string): Promise<void> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  await passwordMatches(password, await decoy)
}

/**
 * @throws AuthError weak_password below eight characters, validation_failed above 72 bytes (UTF-8)
 */
export function checkPassword(password: string): void {
  if (Buffer.byteLength(password) > maximumBytes) {
    throw validationFailed(`Password cannot be longer than ${maximumBytes} characters`)
  }
  if (password.length < minimumLength) {
    throw new AuthError(422, 'weak_password', `Password should be at least ${minimumLength} characters.`, {
      body: { weak_password: { reasons: ['length'] } },
    })
  }
}

/** Hashes that may be imported: what Supabase takes and this service can check. */
export function isImportableHash(encrypted: string): boolean {
  return /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,2},p=\d{1,2}\$[\w+/]{11,}\$[\w+/]{16,}$/.test(encrypted)
}
