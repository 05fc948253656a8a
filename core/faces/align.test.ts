import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyAffine,
  compose,
  distance,
  identity,
  invert,
  rotationAbout,
  type Affine,
  type Point,
} from './affine'
import { alignedSide, alignFace, arcfaceTemplate, similarity } from './align'
import { pyramidOf } from './images/raster'

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('similarity', () => {
  it('finds any turn, scale and shift again', () => {
    fc.assert(
      fc.property(
        finite(-180, 180),
        finite(0.05, 40),
        finite(-5000, 5000),
        finite(-5000, 5000),
        (turn, scale, x, y) => {
          const map = compose([scale, 0, x, 0, scale, y], rotationAbout([50, 70], turn))
          const moved = arcfaceTemplate.map((point) => applyAffine(map, point))
          const found = similarity(arcfaceTemplate, moved)
          for (const [index, value] of found.entries()) expect(value).toBeCloseTo(map[index], 6)
        },
      ),
    )
  })

  it('has the least squares of error among its neighbours', () => {
    const noisy: Point[] = arcfaceTemplate.map(([x, y], index) => [
      x + [3, -2, 1, 0, 4][index],
      y - [1, 2, -3, 2, 0][index],
    ])
    const error = (map: Affine) =>
      noisy.reduce(
        (sum, point, index) => sum + distance(applyAffine(map, point), arcfaceTemplate[index]) ** 2,
        0,
      )
    const best = similarity(noisy, arcfaceTemplate)
    for (const nudge of [
      [1.01, 0, 0, 0, 1.01, 0],
      [1, 0, 0.2, 0, 1, 0],
      [1, 0, 0, 0, 1, -0.2],
      rotationAbout([56, 70], 0.5),
    ] as Affine[]) {
      expect(error(compose(nudge, best))).toBeGreaterThan(error(best))
    }
  })

  it('does not mirror', () => {
    const mirrored = arcfaceTemplate.map(([x, y]) => [-x, y] as const)
    const [a, b, , d, e] = similarity(mirrored, arcfaceTemplate)
    expect(a * e - b * d).toBeGreaterThan(0)
  })

  it('refuses points that coincide', () => {
    expect(() =>
      similarity(
        [
          [1, 1],
          [1, 1],
        ],
        [
          [0, 0],
          [1, 0],
        ],
      ),
    ).toThrow(RangeError)
  })
})

it('inverts what it can and refuses what it can not', () => {
  const map: Affine = [2, 1, 5, -1, 3, 7]
  for (const [index, value] of compose(map, invert(map)).entries())
    expect(value).toBeCloseTo(identity[index], 12)
  expect(() => invert([1, 2, 0, 2, 4, 0])).toThrow(RangeError)
})

describe('alignFace', () => {
  it('puts the five points of a turned face where the template has them', () => {
    // A white dot at each point of a face that is turned by 35° and half the template's size again larger.
    const [width, height] = [400, 400]
    const data = new Uint8Array(width * height * 3)
    const turned = arcfaceTemplate.map((point) =>
      applyAffine(compose([1.5, 0, 110, 0, 1.5, 110], rotationAbout([56, 56], 35)), point),
    )
    for (const [x, y] of turned) {
      for (let row = Math.round(y) - 2; row <= Math.round(y) + 2; row++) {
        for (let column = Math.round(x) - 2; column <= Math.round(x) + 2; column++) {
          data.fill(255, (row * width + column) * 3, (row * width + column) * 3 + 3)
        }
      }
    }
    const { patch } = alignFace(pyramidOf({ width, height, data }), turned)
    for (const [x, y] of arcfaceTemplate)
      expect(patch.data[Math.round(y) * alignedSide + Math.round(x)]).toBeGreaterThan(200)
    expect(patch.data[0]).toBe(0)
    const lit = patch.data.subarray(0, alignedSide ** 2).filter((value) => value > 127).length
    expect(lit).toBeGreaterThan(5 * 6)
    expect(lit).toBeLessThan(5 * 16)
  })
})
