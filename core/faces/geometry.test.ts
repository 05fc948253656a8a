import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { face } from '../../tests/factories/landmarks'
import { geometryRatioNames } from '../model/face'
import { applyAffine, compose, rotationAbout } from './affine'
import { geometryRatios, mirroredIndex, symmetryOf } from './geometry'

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

  it('does not change in a mirror: each ratio is a mean over both sides or lies on the middle', () => {
    const lopsided = face().map(([x, y], index) => [x + (index % 5), y - (index % 3)] as const)
    const mirrored = mirroredIndex.map((index) => [-lopsided[index][0], lopsided[index][1]] as const)
    const after = geometryRatios(mirrored)
    for (const [name, ratio] of Object.entries(geometryRatios(lopsided))) {
      expect(after[name as keyof typeof after], name).toBeCloseTo(ratio, 9)
    }
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
