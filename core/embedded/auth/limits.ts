import type { Context } from 'hono'
import { roleOfKey } from '../gateway'
import type { AuthContext } from './context'
import { createRateLimiter, type AuthLimits, type RateLimiter } from './rate-limit'

/** Each takes one of a measure, or throws AuthError over_request_rate_limit. */
export interface Limits {
  signIn: (c: Context) => void
  signUp: (c: Context) => void
  refresh: (c: Context) => void
  factors: (c: Context) => void
  /** By person: one who guesses holds up nobody else. */
  ownFactors: (c: Context, userId: string) => void
  email: (c: Context, email: string) => void
  /** By person, whichever key is used: the codes are what is guessed at. */
  verify: RateLimiter
}

export function createLimits(
  { keys, clock }: AuthContext,
  { limits, addressOf }: { limits: AuthLimits; addressOf: (c: Context) => string },
): Limits {
  // The secret key is this machine's own: its work is not held up.
  const isOwn = (c: Context) => roleOfKey(keys, c.req.header('apikey') ?? '') === 'service_role'
  const perAddress = (limit: AuthLimits[keyof AuthLimits]) => {
    const limiter = createRateLimiter(limit, clock)
    return (c: Context) => {
      if (!isOwn(c)) limiter.take(addressOf(c))
    }
  }
  const perKey = (limit: AuthLimits[keyof AuthLimits]) => {
    const limiter = createRateLimiter(limit, clock)
    return (c: Context, key: string) => {
      if (!isOwn(c)) limiter.take(key)
    }
  }
  return {
    signIn: perAddress(limits.signInPerAddress),
    signUp: perAddress(limits.signUpPerAddress),
    refresh: perAddress(limits.refreshPerAddress),
    factors: perAddress(limits.factorsPerAddress),
    ownFactors: perKey(limits.factorsPerPerson),
    email: perKey(limits.signInPerEmail),
    verify: createRateLimiter(limits.verifyPerPerson, clock),
  }
}
