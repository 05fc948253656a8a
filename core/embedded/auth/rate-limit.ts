import type { Clock } from '../gateway'
import { AuthError } from './errors'

/** So many at once, then refilled evenly over the window. */
export interface RateLimit {
  burst: number
  windowSeconds: number
}

/** An address (IP), an e-mail and a person each have their own measure. */
export interface AuthLimits {
  signInPerAddress: RateLimit
  signInPerEmail: RateLimit
  signUpPerAddress: RateLimit
  refreshPerAddress: RateLimit
  /** Requests about second factors, of all people of an address: on one machine, or behind one router, many share it. */
  factorsPerAddress: RateLimit
  /** The same, of one person. */
  factorsPerPerson: RateLimit
  /** Wrong codes of a second factor: of a million codes three are right at any time. */
  verifyPerPerson: RateLimit
}

export const defaultLimits: AuthLimits = {
  signInPerAddress: { burst: 30, windowSeconds: 300 },
  signInPerEmail: { burst: 10, windowSeconds: 300 },
  signUpPerAddress: { burst: 30, windowSeconds: 300 },
  refreshPerAddress: { burst: 150, windowSeconds: 300 },
  factorsPerAddress: { burst: 600, windowSeconds: 300 },
  factorsPerPerson: { burst: 60, windowSeconds: 300 },
  verifyPerPerson: { burst: 5, windowSeconds: 600 },
}

/** Keys are dropped once full again, and all of them beyond this many: an attacker can't fill the memory. */
const maximumKeys = 20_000

export interface RateLimiter {
  /** Takes one token of `key`, or throws AuthError over_request_rate_limit with `Retry-After`. */
  take: (key: string) => void
  /** Gives `key` its whole burst back. */
  forget: (key: string) => void
}

/** A token bucket a key. */
export function createRateLimiter({ burst, windowSeconds }: RateLimit, clock: Clock): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>()
  const perSecond = burst / windowSeconds
  const take = (key: string) => {
    const now = clock().getTime() / 1000
    const bucket = buckets.get(key)
    const tokens = bucket ? Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) * perSecond) : burst
    if (tokens < 1) {
      const wait = Math.ceil((1 - tokens) / perSecond)
      throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached', {
        headers: { 'Retry-After': String(wait) },
      })
    }
    buckets.delete(key)
    buckets.set(key, { tokens: tokens - 1, at: now })
    // A Map keeps its order of insertion: the first keys are those that were used longest ago.
    for (const [old, { at }] of buckets) {
      if (buckets.size <= maximumKeys && now - at < windowSeconds) break
      buckets.delete(old)
    }
  }
  return { take, forget: (key) => buckets.delete(key) }
}
