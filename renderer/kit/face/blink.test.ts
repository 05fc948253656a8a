import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blinkInterval, blinkRates } from './blink'

describe('blinkInterval', () => {
  it('gives the rates that can be chosen as they are', () => {
    expect(blinkRates.map(blinkInterval)).toEqual([2000, 1000, 500])
  })

  it('never shows three flashes, six changes, within a second, nor even three changes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (wish) => {
        expect(blinkInterval(wish)).toBeGreaterThan(1000 / 3)
        expect(blinkInterval(wish)).toBeLessThanOrEqual(10_000)
      }),
    )
  })
})
