import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignFace, applySimilarity, faceRegion, fitRegion, toCssMatrix } from './face-transform'
import type { Point } from './landmark-regions'

/** 68 points of which only the eyes matter: each eye's six points lie around its centre. */
function landmarksWithEyes(left: Point, right: Point): Point[] {
  const around = ([x, y]: Point): Point[] =>
    [0, 1, 2, 3, 4, 5].map((k) => [x + 3 * Math.cos((k * Math.PI) / 3), y + 2 * Math.sin((k * Math.PI) / 3)])
  const rest = (count: number): Point[] => Array.from({ length: count }, () => [0, 0])
  return [...rest(36), ...around(left), ...around(right), ...rest(20)]
}

describe('alignFace', () => {
  const frame = { width: 200, height: 250 }

  it('puts both eyes at the same places whatever size, place and roll', () => {
    const place = fc.double({ min: 0, max: 4000, noNaN: true })
    fc.assert(
      fc.property(place, place, place, place, (x1, y1, x2, y2) => {
        fc.pre(Math.hypot(x2 - x1, y2 - y1) > 5)
        const transform = alignFace({ landmarks: landmarksWithEyes([x1, y1], [x2, y2]), box: null }, frame)
        if (!transform) throw new Error('no transform')
        const left = applySimilarity(transform, [x1, y1])
        const right = applySimilarity(transform, [x2, y2])
        expect(left[0]).toBeCloseTo(69, 6)
        expect(left[1]).toBeCloseTo(105, 6)
        expect(right[0]).toBeCloseTo(131, 6)
        expect(right[1]).toBeCloseTo(105, 6)
      }),
    )
  })

  it('keeps an upright face upright and scales it evenly', () => {
    const transform = alignFace({ landmarks: landmarksWithEyes([100, 80], [162, 80]), box: null }, frame)
    expect(transform?.a).toBeCloseTo(1)
    expect(transform?.b).toBeCloseTo(0)
  })

  it('goes by the box where there are no landmarks, and says null where there is nothing', () => {
    const transform = alignFace({ landmarks: null, box: { x: 100, y: 100, width: 150, height: 180 } }, frame)
    expect(transform && applySimilarity(transform, [175, 190])).toEqual([100, 130])
    expect(alignFace({ landmarks: null, box: null }, frame)).toBeNull()
  })

  it('does not divide by nothing where both eyes are in one place', () => {
    expect(alignFace({ landmarks: landmarksWithEyes([5, 5], [5, 5]), box: null }, frame)).toBeNull()
  })
})

describe('fitRegion', () => {
  it('shows the whole region in the middle', () => {
    const fit = fitRegion({ x: 0, y: 0, width: 400, height: 200 }, { width: 200, height: 200 })
    expect(applySimilarity(fit, [0, 0])).toEqual([0, 50])
    expect(applySimilarity(fit, [400, 200])).toEqual([200, 150])
  })
})

describe('faceRegion', () => {
  it('stays within the photo', () => {
    const box = fc.record({
      x: fc.integer({ min: 0, max: 900 }),
      y: fc.integer({ min: 0, max: 900 }),
      width: fc.integer({ min: 1, max: 1000 }),
      height: fc.integer({ min: 1, max: 1000 }),
    })
    fc.assert(
      fc.property(box, (face) => {
        const region = faceRegion(face, { width: 1000, height: 1000 })
        expect(region.x).toBeGreaterThanOrEqual(0)
        expect(region.y).toBeGreaterThanOrEqual(0)
        expect(region.x + region.width).toBeLessThanOrEqual(1000 + 1e-9)
        expect(region.y + region.height).toBeLessThanOrEqual(1000 + 1e-9)
      }),
    )
  })

  it('has the face in its middle where there is room', () => {
    const region = faceRegion({ x: 400, y: 400, width: 100, height: 120 }, { width: 1000, height: 1000 })
    expect(region.x + region.width / 2).toBe(450)
    expect(region.y + region.height / 2).toBe(460)
  })
})

it('writes the matrix in the order of CSS', () => {
  expect(toCssMatrix({ a: 1, b: 2, tx: 3, ty: 4 })).toBe('matrix(1, 2, -2, 1, 3, 4)')
})
