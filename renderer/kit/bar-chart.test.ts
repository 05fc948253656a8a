import { describe, expect, it } from 'vitest'
import { niceMaximum } from './bar-chart'

describe('the top of the value axis', () => {
  it.each([
    [0, 4],
    [3, 4],
    [5, 5],
    [7, 10],
    [12, 20],
    [49, 50],
    [101, 200],
  ])('of values up to %d is %d', (value, top) => {
    expect(niceMaximum(value)).toBe(top)
  })
})
