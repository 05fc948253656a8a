import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { createSecret, sealSecret, takeCode } from './totp'

const key = randomBytes(32)
const factorId = '5f0c2c0e-7a58-4d6b-9c43-0d1f0a5b7f11'
/** RFC 6238, appendix B, SHA-1: the secret is the ASCII text "12345678901234567890". The last six of its eight digits. */
const rfcSecret = Secret.fromUTF8('12345678901234567890').base32
const at = (seconds: number) => ({ factorId, key, now: new Date(seconds * 1000) })

describe('codes', () => {
  test.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('of RFC 6238 at %i s', (seconds, code) => {
    const sealed = sealSecret(rfcSecret, factorId, key)
    expect(takeCode(sealed, code, at(seconds))).not.toBeNull()
    expect(takeCode(sealed, code, at(seconds + 90))).toBeNull()
  })

  test('hold one step early and late, no more', () => {
    const sealed = sealSecret(rfcSecret, factorId, key)
    const start = 1111111110
    const code = TOTP.generate({ secret: Secret.fromBase32(rfcSecret), timestamp: start * 1000 })
    const holds = [-31, -30, 0, 29, 59, 60].map((s) => takeCode(sealed, code, at(start + s)) !== null)
    expect(holds).toEqual([false, true, true, true, true, false])
  })

  test('are used once, and use up those before them', () => {
    const sealed = sealSecret(rfcSecret, factorId, key)
    const secret = Secret.fromBase32(rfcSecret)
    const codeAt = (seconds: number) => TOTP.generate({ secret, timestamp: seconds * 1000 })
    const used = takeCode(sealed, codeAt(3000), at(3000))!
    expect(takeCode(used, codeAt(3000), at(3001))).toBeNull()
    expect(takeCode(used, codeAt(2970), at(3001))).toBeNull()
    expect(takeCode(used, codeAt(3030), at(3001))).not.toBeNull()
  })

  test.each(['', '28708', '2870821', 'abcdef', ' 287082'])('"%s" is none', (code) => {
    expect(takeCode(sealSecret(rfcSecret, factorId, key), code, at(59))).toBeNull()
  })
})

describe('a secret', () => {
  test('has 160 bits, and its address names issuer and account', () => {
    const { secret, uri } = createSecret('Semblance', 'ada@school.edu')
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    const parsed = new URL(uri)
    expect(`${parsed.protocol}//${parsed.host}`).toBe('otpauth://totp')
    expect(Object.fromEntries(parsed.searchParams)).toEqual({
      issuer: 'Semblance',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
    expect(decodeURIComponent(parsed.pathname)).toContain('ada@school.edu')
  })

  test('is not to be read in what is stored, and never looks the same', () => {
    const sealed = sealSecret(rfcSecret, factorId, key)
    expect(sealed).not.toContain(rfcSecret)
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('12345678901234567890')
    expect(sealSecret(rfcSecret, factorId, key)).not.toBe(sealed)
  })

  test('opens for its own factor with its own key only', () => {
    const sealed = sealSecret(rfcSecret, factorId, key)
    expect(() => takeCode(sealed, '287082', { ...at(59), key: randomBytes(32) })).toThrow()
    expect(() => takeCode(sealed, '287082', { ...at(59), factorId: 'another' })).toThrow()
  })
})
