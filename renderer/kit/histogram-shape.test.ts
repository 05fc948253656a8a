import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharesOf, stepPath, topOf } from './histogram-shape'

const counts = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 50 })

describe('the shape of a histogram', () => {
  it('has shares that sum to one, or to nothing', () => {
    fc.assert(
      fc.property(counts, (values) => {
        const sum = sharesOf(values).reduce((total, share) => total + share, 0)
        expect(sum).toBeCloseTo(values.some((value) => value > 0) ? 1 : 0, 9)
      }),
    )
  })

  it('fits under a round top', () => {
    fc.assert(
      fc.property(counts, (values) => {
        const shares = sharesOf(values)
        const top = topOf(shares)
        expect(Math.max(...shares)).toBeLessThanOrEqual(top * (1 + 1e-9))
        expect(top).toBeLessThanOrEqual(Math.max(0.01, 2.5 * Math.max(...shares)))
      }),
    )
    expect([0.07, 0.1, 0.11, 0.3, 1].map((share) => topOf([share]))).toEqual([0.1, 0.1, 0.2, 0.5, 1])
    expect(topOf([])).toBe(0.01)
  })

  it('is drawn from ground to ground', () => {
    expect(stepPath([0.5, 0.25], 0.5)).toBe('M0 1L0 0L1 0L1 0.5L2 0.5L2 1')
  })
})
