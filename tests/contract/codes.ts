import { Secret, TOTP } from 'otpauth'

/** The code that an authenticator app shows; `ahead` steps of 30 s later. */
export function codeOf(secret: string, now: Date = new Date(), ahead = 0): string {
  const timestamp = now.getTime() + ahead * 30_000
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp })
}

/** Six digits that are not the code of any moment near `now`. */
export function wrongCodeOf(secret: string, now: Date = new Date()): string {
  const near = new Set([-2, -1, 0, 1, 2].map((ahead) => codeOf(secret, now, ahead)))
  let wrong = 0
  while (near.has(String(wrong).padStart(6, '0'))) wrong += 1
  return String(wrong).padStart(6, '0')
}
