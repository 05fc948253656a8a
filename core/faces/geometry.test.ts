import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { geometryRatioNames } from '../model/face'
import { applyAffine, compose, rotationAbout, type Point } from './affine'
import { geometryRatios, mirroredIndex, symmetryOf } from './geometry'

/** A face drawn by hand in units that are easy to divide, the left half given and the right one mirrored. */
function face(): Point[] {
  const left: Record<number, Point> = {
    0: [-50, -5],
    1: [-50, 10],
    2: [-48, 25],
    3: [-46, 40],
    4: [-40, 55],
    5: [-33, 65],
    6: [-22, 74],
    7: [-10, 79],
    8: [0, 80],
    17: [-40, -20],
    18: [-34, -20],
    19: [-25, -20],
    20: [-16, -20],
    21: [-10, -20],
    27: [0, 0],
    28: [0, 8],
    29: [0, 16],
    30: [0, 24],
    31: [-8, 30],
    32: [-4, 30],
    33: [0, 30],
    36: [-30, 0],
    37: [-24, -3],
    38: [-16, -3],
    39: [-10, 0],
    40: [-16, 3],
    41: [-24, 3],
    48: [-15, 50],
    49: [-10, 48],
    50: [-5, 46],
    51: [0, 46],
    57: [0, 56],
    58: [-5, 55],
    59: [-10, 53],
    60: [-12, 50],
    61: [-5, 49],
    62: [0, 49],
    66: [0, 51],
    67: [-5, 51],
  }
  return mirroredIndex.map((mirror, index) => left[index] ?? [-left[mirror][0], left[mirror][1]])
}

it('mirrors twice to where it was', () => {
  expect(mirroredIndex.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 68 }, (_, index) => index))
  for (const [index, mirror] of mirroredIndex.entries()) expect(mirroredIndex[mirror]).toBe(index)
})

describe('geometryRatios', () => {
  it('gives the quotients that docs/faces.md defines', () => {
    const eyes = 40
    expect(geometryRatios(face())).toEqual({
      face_width_height_ratio: 100 / 66,
      eye_spacing: eyes / 100,
      eye_width: 20 / eyes,
      eye_height: 6 / 20,
      eyebrow_height: expect.closeTo(Math.hypot(5, 20) / eyes, 9) as number,
      nose_length: 30 / 100,
      nose_width: 16 / eyes,
      mouth_width: 30 / eyes,
      lip_height: 10 / 30,
      chin_height: 24 / 100,
      jaw_width: 80 / 100,
      upper_face_height: 50 / 100,
    })
  })

  it('has all the names of the model, and none else', () => {
    expect(Object.keys(geometryRatios(face()))).toEqual([...geometryRatioNames])
  })

  it('does not change with scale, roll or place', () => {
    const before = Object.values(geometryRatios(face()))
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
    fc.assert(
      fc.property(number(0.01, 100), number(-180, 180), number(-1e4, 1e4), (scale, turn, shift) => {
        const map = compose([scale, 0, shift, 0, scale, -shift], rotationAbout([3, 4], turn))
        const after = Object.values(geometryRatios(face().map((point) => applyAffine(map, point))))
        for (const [index, value] of after.entries()) expect(value).toBeCloseTo(before[index], 6)
      }),
    )
  })
})

describe('symmetryOf', () => {
  it('is 1 for a face that is its own mirror image, whatever its roll', () => {
    const turned = face().map((point) => applyAffine(rotationAbout([10, 20], 33), point))
    expect(symmetryOf(turned)).toBeCloseTo(1, 9)
  })

  it('falls the further a mouth is pulled to one side', () => {
    const pulled = (by: number) =>
      face().map((point, index) => (index >= 48 ? ([point[0] + by, point[1]] as const) : point))
    const scores = [0, 3, 6, 12].map((by) => symmetryOf(pulled(by)))
    for (let index = 1; index < scores.length; index++) expect(scores[index]).toBeLessThan(scores[index - 1])
    expect(scores[3]).toBeGreaterThan(0)
  })

  it('is the same for the mirror image', () => {
    const lopsided = face().map((point, index) =>
      index < 8 ? ([point[0] - 4, point[1] + 2] as const) : point,
    )
    const mirrored = mirroredIndex.map((index) => [-lopsided[index][0], lopsided[index][1]] as const)
    expect(symmetryOf(mirrored)).toBeCloseTo(symmetryOf(lopsided), 9)
  })
})
