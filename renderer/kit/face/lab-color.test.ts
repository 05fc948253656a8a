import { describe, expect, it } from 'vitest'
import { labDistance, labToCss, labToRgb } from './lab-color'

describe('labToRgb', () => {
  // Reference values: the primaries of sRGB in CIELAB (D65), as colorimetry textbooks print them.
  it.each([
    ['black', [0, 0, 0], [0, 0, 0]],
    ['white', [100, 0, 0], [255, 255, 255]],
    ['middle grey', [53.585, 0, 0], [128, 128, 128]],
    ['red', [53.2408, 80.0925, 67.2032], [255, 0, 0]],
    ['green', [87.7347, -86.1827, 83.1793], [0, 255, 0]],
    ['blue', [32.297, 79.1875, -107.8602], [0, 0, 255]],
  ] as const)('%s', (_name, lab, rgb) => {
    const got = labToRgb(lab)
    got.forEach((channel, index) => expect(Math.abs(channel - (rgb[index] ?? NaN))).toBeLessThanOrEqual(1))
  })

  it('clips what sRGB cannot show', () => {
    expect(labToRgb([60, 120, -120]).every((channel) => channel >= 0 && channel <= 255)).toBe(true)
  })

  it('gives a colour that CSS reads', () => {
    expect(labToCss([100, 0, 0])).toBe('rgb(255 255 255)')
  })
})

it('measures distance as ΔE 1976', () => {
  expect(labDistance([50, 3, 4], [50, 0, 0])).toBe(5)
})
