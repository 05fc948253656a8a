import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poissonInterval, rateOf, timeUntilEmpty } from './time-until-empty'

const minutes = (count: number) => Array.from({ length: 15 }, () => count)

describe('time until the queue is empty', () => {
  it('is the backlog over the rate at which it shrinks', () => {
    const estimate = timeUntilEmpty({ backlog: 600, ended: minutes(70), created: minutes(10) })
    expect(estimate).toMatchObject({ state: 'estimated', seconds: 600 })
    if (estimate.state !== 'estimated') return
    expect(estimate.low).toBeLessThan(600)
    expect(estimate.high).toBeGreaterThan(600)
    expect(estimate.high).toBeLessThan(660)
  })

  it('says what it can’t know', () => {
    expect(timeUntilEmpty({ backlog: 0, ended: minutes(0), created: minutes(3) }).state).toBe('none')
    expect(timeUntilEmpty({ backlog: 5, ended: minutes(0), created: minutes(3) }).state).toBe('unknown')
    expect(timeUntilEmpty({ backlog: 5, ended: minutes(3), created: minutes(3) }).state).toBe('growing')
    expect(timeUntilEmpty({ backlog: 5, ended: [], created: [] }).state).toBe('unknown')
  })

  it('has no upper end where the backlog may as well grow', () => {
    const estimate = timeUntilEmpty({ backlog: 100, ended: [3], created: [2] })
    expect(estimate).toMatchObject({ state: 'estimated', high: null })
  })

  it('is less sure where jobs end in bursts', () => {
    const steady = rateOf(minutes(20))
    const bursts = rateOf(Array.from({ length: 15 }, (_, i) => (i % 5 === 0 ? 100 : 0)))
    expect(bursts.rate).toBe(steady.rate)
    expect(bursts.high - bursts.low).toBeGreaterThan(3 * (steady.high - steady.low))
  })

  // Exact (Garwood) limits of a Poisson count at 95 %, from published tables.
  it.each([
    [0, 0, 3.69],
    [1, 0.03, 5.57],
    [5, 1.62, 11.67],
    [10, 4.8, 18.39],
    [100, 81.36, 121.63],
  ])('of %i events is close to the exact limits', (count, low, high) => {
    const limits = poissonInterval(count)
    expect(Math.abs(limits.low - low)).toBeLessThan(0.05)
    expect(Math.abs(limits.high - high)).toBeLessThan(0.06 + count / 1000)
  })

  it('always lies within its interval', () => {
    const counts = fc.array(fc.nat(500), { minLength: 1, maxLength: 15 })
    fc.assert(
      fc.property(fc.nat(100_000), counts, counts, (backlog, ended, created) => {
        const estimate = timeUntilEmpty({ backlog, ended, created })
        if (estimate.state !== 'estimated') return
        expect(estimate.low).toBeLessThanOrEqual(estimate.seconds)
        expect(estimate.high ?? Infinity).toBeGreaterThanOrEqual(estimate.seconds)
      }),
    )
  })
})
