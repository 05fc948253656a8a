import { jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../gateway'
import { invalidJwt, invalidSignature } from './errors'

/** Makes and checks the tokens of signed URLs: HS256 over `bucket/name` and an expiry. */
export interface Signer {
  /** `expiresIn` in seconds. */
  sign(objectUrl: string, expiresIn: number): Promise<string>
  /** The seconds the token is still good for. Throws InvalidJWT, or InvalidSignature where it is another object's. */
  check(objectUrl: string, token: string): Promise<number>
}

export function createSigner(secret: Uint8Array, clock: Clock): Signer {
  const seconds = () => Math.floor(clock().getTime() / 1000)
  return {
    sign: (objectUrl, expiresIn) =>
      new SignJWT({ url: objectUrl })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + expiresIn)
        .sign(secret),
    async check(objectUrl, token) {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        requiredClaims: ['url', 'exp'],
        currentDate: clock(),
      }).catch((error: unknown) => {
        throw invalidJwt(error instanceof Error ? error.message : 'Invalid JWT', { cause: error })
      })
      if (payload.url !== objectUrl) throw invalidSignature()
      return (payload.exp ?? 0) - seconds()
    },
  }
}
