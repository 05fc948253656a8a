import { describe, expect, it } from 'vitest'
import { colourDistance, labOf } from '../images/colour'
import { illuminationScore } from './illumination'
import { qualityOf } from './score'
import { blurScore, laplacianVariance } from './sharpness'

const side = 112
const luma = (value: (x: number, y: number) => number) =>
  Float32Array.from({ length: side * side }, (_, at) => value(at % side, Math.floor(at / side)))
/** Something with light, shade and detail, of the contrast of a face. */
const texture = (contrast: number) => (x: number, y: number) =>
  130 + 25 * Math.sin(y / 15) + contrast * ((x * 7 + y * 13) % 5 < 2 ? 1 : -1)

describe('laplacianVariance', () => {
  it('is 0 where light changes evenly', () => {
    expect(
      laplacianVariance(
        luma(() => 128),
        side,
      ),
    ).toBe(0)
    expect(
      laplacianVariance(
        luma((x, y) => x + y),
        side,
      ),
    ).toBeCloseTo(0, 6)
  })

  it('is (8c)² for a checkerboard of ±c', () => {
    expect(
      laplacianVariance(
        luma((x, y) => 100 + ((x + y) % 2 ? 5 : -5)),
        side,
      ),
    ).toBeCloseTo(1600, 6)
  })

  it('is mapped to half at 60', () => {
    expect(blurScore(0)).toBe(0)
    expect(blurScore(60)).toBe(0.5)
    expect(blurScore(1e9)).toBeCloseTo(1, 6)
  })
})

describe('illuminationScore', () => {
  const lit = (exposure: number) =>
    illuminationScore(
      luma((x, y) => texture(20)(x, y) * exposure),
      side,
    )

  it('is best in the middle and near 0 in the dark and when burnt out', () => {
    expect(lit(1)).toBeGreaterThan(0.8)
    expect(lit(0.15)).toBeLessThan(0.15)
    expect(
      illuminationScore(
        luma(() => 250),
        side,
      ),
    ).toBeLessThan(0.1)
  })

  it('is lower where one half lies in shadow', () => {
    const halfDark = illuminationScore(
      luma((x, y) => texture(20)(x, y) * (x < side / 2 ? 0.45 : 1)),
      side,
    )
    expect(halfDark).toBeLessThan(lit(1) - 0.05)
  })
})

describe('qualityOf', () => {
  const good = {
    luma: luma(texture(8)),
    width: side,
    eyeDistance: 80,
    detectionScore: 0.99,
    pose: { yaw: 4, pitch: -6, roll: 2 },
  }

  it('passes a good face and refuses one that is bad in a single way', () => {
    expect(qualityOf(good).quality_score).toBeGreaterThan(0.8)
    expect(qualityOf({ ...good, luma: luma(texture(0.5)) }).quality_score).toBeLessThan(0.6)
    expect(qualityOf({ ...good, eyeDistance: 5 }).quality_score).toBeLessThan(0.75)
    expect(qualityOf({ ...good, pose: { yaw: 75, pitch: 0, roll: 0 } }).quality_score).toBeLessThan(0.6)
    expect(qualityOf({ ...good, pose: { yaw: 120, pitch: 0, roll: 0 } }).quality_score).toBeLessThan(0.1)
  })

  it('does not mind roll, which alignment undoes', () => {
    expect(qualityOf({ ...good, pose: { ...good.pose, roll: 80 } })).toEqual(qualityOf(good))
  })

  it('goes without a pose where the pack has none', () => {
    expect(qualityOf({ ...good, pose: null }).quality_score).toBeGreaterThanOrEqual(
      qualityOf(good).quality_score,
    )
  })
})

describe('labOf', () => {
  it.each([
    [
      [255, 255, 255],
      [100, 0, 0],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [
      [255, 0, 0],
      [53.24, 80.09, 67.2],
    ],
    [
      [0, 255, 0],
      [87.73, -86.18, 83.18],
    ],
    [
      [0, 0, 255],
      [32.3, 79.19, -107.86],
    ],
    [
      [119, 119, 119],
      [50.03, 0, 0],
    ],
  ] as const)('%j is %j', ([red, green, blue], [lightness, a, b]) => {
    expect(colourDistance(labOf(red, green, blue), [lightness, a, b])).toBeLessThan(0.03)
  })
})
