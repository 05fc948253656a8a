import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownRows } from './use-fixed-rows'

describe('shownRows', () => {
  it('is what stands in sight, and a few rows more', () => {
    const shown = { height: 100, rowHeight: 20, count: 100_000, overscan: 2 }
    expect(shownRows({ ...shown, scrollTop: 0 })).toEqual({ first: 0, last: 6 })
    expect(shownRows({ ...shown, scrollTop: 50 })).toEqual({ first: 0, last: 9 })
    expect(shownRows({ ...shown, scrollTop: 99_995 * 20 })).toEqual({ first: 99_993, last: 99_999 })
  })

  it('covers all that is in sight and never leaves the list', () => {
    const number = (max: number) => fc.integer({ min: 0, max })
    fc.assert(
      fc.property(number(4_000_000), number(2000), number(100_000), (scrollTop, height, count) => {
        const { first, last } = shownRows({ scrollTop, height, rowHeight: 40, count, overscan: 6 })
        expect(first).toBeGreaterThanOrEqual(0)
        expect(last).toBeLessThan(Math.max(1, count))
        expect(last - first).toBeLessThan(height / 40 + 14)
        const top = Math.floor(scrollTop / 40)
        if (top < count) {
          expect(first).toBeLessThanOrEqual(top)
          expect(last).toBeGreaterThanOrEqual(Math.min(count - 1, Math.ceil((scrollTop + height) / 40) - 1))
        }
      }),
    )
  })

  it('shows nothing of nothing', () => {
    const { first, last } = shownRows({ scrollTop: 0, height: 500, rowHeight: 40, count: 0, overscan: 6 })
    expect(last).toBeLessThan(first)
  })
})
