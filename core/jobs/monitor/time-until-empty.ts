/**
 * When the queue will be empty, with how sure that is.
 *
 * Jobs end and come as two counts over the same minutes; the backlog shrinks by the difference of their rates. A count n
 * of events that come alone has the 95 % interval of Byar's approximation to the exact Poisson limits (Breslow & Day
 * 1987, II, p. 69): n (1 − 1/9n − z/3√n)³ to (n+1) (1 − 1/9(n+1) + z/3√(n+1))³. Jobs rather come in bursts, so counts
 * are taken as n/φ events of φ each, where φ is the variance of the minutes' counts over their mean, at least 1
 * (quasi-Poisson, McCullagh & Nelder 1989, 6.2). The limits of the difference are those of Zou & Donner 2008 (MOVER),
 * and time is the backlog over them.
 */

export interface Rates {
  /** Jobs that wait or are worked on. */
  backlog: number
  /** Jobs that ended in each of the minutes. */
  ended: readonly number[]
  /** Jobs that came in each of the same minutes. */
  created: readonly number[]
}

export type TimeUntilEmpty =
  | { state: 'none' | 'unknown' | 'growing' }
  | { state: 'estimated'; seconds: number; low: number; high: number | null }

const z = 1.96

export function timeUntilEmpty({ backlog, ended, created }: Rates): TimeUntilEmpty {
  if (backlog === 0) return { state: 'none' }
  const out = rateOf(ended)
  const into = rateOf(created)
  if (out.rate === 0) return { state: 'unknown' }
  const net = out.rate - into.rate
  if (net <= 0) return { state: 'growing' }
  const slowest = net - Math.hypot(out.rate - out.low, into.high - into.rate)
  const fastest = net + Math.hypot(out.high - out.rate, into.rate - into.low)
  const seconds = (rate: number) => (60 * backlog) / rate
  return {
    state: 'estimated',
    seconds: seconds(net),
    low: seconds(fastest),
    high: slowest > 0 ? seconds(slowest) : null,
  }
}

/** Events a minute with their 95 % interval. */
export function rateOf(counts: readonly number[]): { rate: number; low: number; high: number } {
  const minutes = counts.length
  if (minutes === 0) return { rate: 0, low: 0, high: 0 }
  const total = counts.reduce((sum, count) => sum + count, 0)
  const spread = dispersion(counts, total / minutes)
  const { low, high } = poissonInterval(total / spread)
  return { rate: total / minutes, low: (low * spread) / minutes, high: (high * spread) / minutes }
}

/** 95 % limits of a Poisson count. */
export function poissonInterval(count: number): { low: number; high: number } {
  const low = count === 0 ? 0 : count * Math.max(0, 1 - 1 / (9 * count) - z / (3 * Math.sqrt(count))) ** 3
  const next = count + 1
  return { low, high: next * (1 - 1 / (9 * next) + z / (3 * Math.sqrt(next))) ** 3 }
}

/** Variance over mean of the minutes' counts, at least 1. */
function dispersion(counts: readonly number[], mean: number): number {
  if (mean === 0 || counts.length < 2) return 1
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
  return Math.max(1, variance / mean)
}
