import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationTicks, formatTick, knownRuns, timeTicks, valueTicks } from './scale'

describe('the ticks of a value axis', () => {
  it.each([
    [0, false, [0, 0.5]],
    [0.9, false, [0, 0.5, 1]],
    [7, false, [0, 2.5, 5, 7.5]],
    [0, true, [0, 1]],
    [2, true, [0, 1, 2]],
    [7, true, [0, 3, 6, 9]],
    [100, true, [0, 50, 100]],
    [101, true, [0, 50, 100, 150]],
  ])('up to %d (whole: %s) are %j', (max, isWhole, ticks) => {
    expect(valueTicks(max, { isWhole })).toEqual(ticks)
  })

  it('always reach the greatest value, in few steps', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.boolean(), (max, isWhole) => {
        const ticks = valueTicks(max, { isWhole })
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-6))
        expect(ticks.length).toBeLessThanOrEqual(5)
      }),
    )
  })

  it('of spans of time are a clock’s', () => {
    expect(durationTicks(0)).toEqual([0, 1])
    expect(durationTicks(1300)).toEqual([0, 500, 1000, 1500])
    expect(durationTicks(14 * 60_000)).toEqual([0, 300_000, 600_000, 900_000])
    expect(durationTicks(40 * 3_600_000)).toEqual([0, 86_400_000, 172_800_000])
  })
})

describe('the ticks of a time axis', () => {
  const at = (hours: number, minutes: number, day = 4) => new Date(2026, 2, day, hours, minutes)
  const words = (from: Date, to: Date, count: number) =>
    timeTicks(from, to, count).map((tick) => formatTick(tick, to.getTime() - from.getTime()))

  it('are round minutes, hours and days', () => {
    expect(words(at(18, 3), at(18, 18), 4)).toEqual(['18:05', '18:10', '18:15'])
    expect(words(at(17, 10), at(18, 10), 4)).toEqual(['17:15', '17:30', '17:45', '18:00'])
    expect(words(at(17, 10), at(17, 10, 5), 4)).toEqual(['18:00', '00:00', '06:00', '12:00'])
    expect(words(at(17, 10), at(17, 10, 11), 4)).toEqual(['6 Mar', '8 Mar', '10 Mar'])
  })
})

describe('a line', () => {
  it('is broken where nothing is known', () => {
    expect(knownRuns([null, 1, 2, null, null, 0])).toEqual([
      [
        [1, 1],
        [2, 2],
      ],
      [[5, 0]],
    ])
    expect(knownRuns([null, null])).toEqual([])
  })
})
