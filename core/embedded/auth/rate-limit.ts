import type { Clock } from '../gateway'
import { AuthError } from './errors'

/** So many at once, then refilled evenly over the window. */
export interface RateLimit {
  burst: number
  windowSeconds: number
}

/** An address (IP) and an e-mail each have their own measure. */
export interface AuthLimits {
  signInPerAddress: RateLimit
  signInPerEmail: RateLimit
  signUpPerAddress: RateLimit
  refreshPerAddress: RateLimit
}

export const defaultLimits: AuthLimits = {
  signInPerAddress: { burst: 30, windowSeconds: 300 },
  signInPerEmail: { burst: 10, windowSeconds: 300 },
  signUpPerAddress: { burst: 30, windowSeconds: 300 },
  refreshPerAddress: { burst: 150, windowSeconds: 300 },
}

/** Keys are dropped once full again, and all of them beyond this many: an attacker can't fill the memory. */
const maximumKeys = 20_000

/**
 * A token bucket a key.
 *
 * @returns a function that takes one token of `key`, or throws AuthError over_request_rate_limit with `Retry-After`
 */
export function createRateLimiter({ burst, windowSeconds }: RateLimit, clock: Clock): (key: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>()
  const perSecond = burst / windowSeconds
  return (key) => {
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
}
