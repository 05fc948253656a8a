import { describe, expect, it } from 'vitest'
import { identity } from '../affine'
import {
  contrastOf,
  exposureOf,
  faceHistogram,
  luminanceMean,
  luminanceVariance,
  momentsOf,
  overExposure,
  underExposure,
  type Histogram,
} from './luminance'

const side = 112
const whole = { width: side, height: side }
const luma = (value: (x: number, y: number) => number) =>
  Float32Array.from({ length: side * side }, (_, at) => value(at % side, Math.floor(at / side)))
/** Parts of the face at levels of luma. */
const spread = (parts: Record<number, number>): Histogram => {
  const bins = new Float64Array(256)
  for (const [bin, part] of Object.entries(parts)) bins[Number(bin)] = part
  return bins
}

describe('faceHistogram', () => {
  it('counts the ellipse and nothing beside it', () => {
    const marked = luma((x, y) => {
      const isInside = ((x + 0.5 - 56) / (112 * 0.36)) ** 2 + ((y + 0.5 - 67.2) / (112 * 0.4)) ** 2 <= 1
      return isInside ? 90 : 255
    })
    expect(faceHistogram(marked, side, identity, whole)).toEqual(spread({ 90: 1 }))
  })

  it('leaves out what lies outside of the photo', () => {
    const cut = luma((x) => (x < side / 2 ? 120 : 0))
    expect(faceHistogram(cut, side, identity, { width: side / 2, height: side })).toEqual(spread({ 120: 1 }))
    expect(
      faceHistogram(
        cut,
        side,
        identity.map((value, index) => (index === 2 ? 500 : value)) as unknown as typeof identity,
        whole,
      ),
    ).toBeNull()
  })

  it('has the moments of what it counts', () => {
    const { mean, variance } = momentsOf(spread({ 51: 0.5, 153: 0.5 }))
    expect(mean).toBeCloseTo(0.4, 12)
    expect(variance).toBeCloseTo(0.04, 12)
  })
})

describe('luminance', () => {
  it('is full in the middle and half at a fifth from either end', () => {
    expect(luminanceMean(spread({ 128: 1 }))).toBe(100)
    expect(exposureOf(0.2)).toBeCloseTo(0.5, 4)
    expect(exposureOf(0.8)).toBeCloseTo(0.5, 4)
    expect(luminanceMean(spread({ 13: 1 }))).toBeLessThan(10)
    expect(luminanceMean(spread({ 245: 1 }))).toBeLessThan(10)
  })

  it('is full at a variance of 1/60, nothing where all is one grey, less for black and white', () => {
    expect(contrastOf(1 / 60)).toBeCloseTo(1, 12)
    expect(luminanceVariance(spread({ 128: 1 }))).toBe(0)
    expect(luminanceVariance(spread({ 0: 0.5, 255: 0.5 }))).toBeLessThan(25)
  })
})

describe('exposure', () => {
  it.each([
    [0, 100],
    [0.01, 50],
    [0.09, 10],
    [1, 1],
  ])('%d of the face burnt out is %d', (part, expected) => {
    expect(overExposure(spread({ 247: part / 2, 255: part / 2, 100: 1 - part }))).toBe(expected)
  })

  it('is not burnt out at 246, nor lost at 26', () => {
    expect(overExposure(spread({ 246: 1 }))).toBe(100)
    expect(underExposure(spread({ 26: 1 }))).toBe(100)
  })

  it.each([
    [0, 100],
    [0.5, 100],
    [0.92, 40],
    [1, 0],
  ])('%d of the face lost in the dark is %d', (part, expected) => {
    expect(underExposure(spread({ 0: part / 2, 25: part / 2, 100: 1 - part }))).toBe(expected)
  })
})
