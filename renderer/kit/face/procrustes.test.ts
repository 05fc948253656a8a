import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { face } from '../../../tests/factories/landmarks'
import { applySimilarity, type Similarity } from './face-transform'
import type { Point } from './landmark-regions'
import { compareShapes, fitSimilarity } from './procrustes'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })

const similarities: fc.Arbitrary<Similarity> = fc
  .record({
    scale: number(0.05, 20),
    angle: number(-Math.PI, Math.PI),
    tx: number(-900, 900),
    ty: number(-900, 900),
  })
  .map(({ scale, angle, tx, ty }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx, ty }))

/** The drawn face with each point moved by up to `reach` units; its eyes are 40 units apart. */
const faces = (reach: number) =>
  fc
    .array(fc.tuple(number(-reach, reach), number(-reach, reach)), { minLength: 68, maxLength: 68 })
    .map((moves) => face().map(([x, y], i): Point => [x + moves[i][0], y + moves[i][1]]))

const move = (points: readonly Point[], by: Similarity) => points.map((point) => applySimilarity(by, point))

describe('fitSimilarity', () => {
  it('finds the scale, rotation and shift that made one shape of another', () => {
    fc.assert(
      fc.property(similarities, (made) => {
        const found = fitSimilarity(face(), move(face(), made))
        for (const name of ['a', 'b'] as const) expect(found?.[name]).toBeCloseTo(made[name], 8)
        for (const name of ['tx', 'ty'] as const) expect(found?.[name]).toBeCloseTo(made[name], 5)
      }),
    )
  })

  it('leaves less squared distance than any similarity near it', () => {
    const error = (by: Similarity, from: readonly Point[], to: readonly Point[]) =>
      move(from, by).reduce((sum, [x, y], i) => sum + (x - to[i][0]) ** 2 + (y - to[i][1]) ** 2, 0)
    const nudge = number(-0.05, 0.05)
    fc.assert(
      fc.property(faces(6), faces(6), nudge, nudge, nudge, nudge, (from, to, a, b, tx, ty) => {
        const best = fitSimilarity(from, to)
        if (!best) throw new Error('no fit')
        const near = { a: best.a + a, b: best.b + b, tx: best.tx + 50 * tx, ty: best.ty + 50 * ty }
        expect(error(best, from, to)).toBeLessThanOrEqual(error(near, from, to) + 1e-6)
      }),
    )
  })

  it('says null where nothing can be fitted', () => {
    expect(fitSimilarity([[1, 1]], [[2, 2]])).toBeNull()
    expect(fitSimilarity(face(), face().slice(1))).toBeNull()
    const spot = face().map((): Point => [3, 4])
    expect(fitSimilarity(spot, face())).toBeNull()
  })
})

describe('compareShapes', () => {
  it('finds no difference between a face and itself at another size, place and roll', () => {
    fc.assert(
      fc.property(similarities, (by) => {
        const comparison = compareShapes(face(), move(face(), by))
        for (const { mean, greatest } of comparison?.regions ?? []) {
          expect(mean).toBeLessThan(1e-9)
          expect(greatest).toBeLessThan(1e-9)
        }
        for (const [i, [x, y]] of (comparison?.fitted ?? []).entries()) {
          expect(x).toBeCloseTo(face()[i][0], 6)
          expect(y).toBeCloseTo(face()[i][1], 6)
        }
        expect(comparison?.fitted).toHaveLength(68)
      }),
    )
  })

  it('measures the same from either side and at any size', () => {
    fc.assert(
      fc.property(faces(4), faces(4), similarities, (a, b, by) => {
        const there = compareShapes(a, b)
        const back = compareShapes(move(b, by), a)
        expect(there?.regions.map(({ name }) => name)).toEqual(['Brows', 'Eyes', 'Nose', 'Mouth', 'Jaw'])
        for (const [i, region] of (there?.regions ?? []).entries()) {
          expect(back?.regions[i].mean).toBeCloseTo(region.mean, 8)
          expect(back?.regions[i].greatest).toBeCloseTo(region.greatest, 8)
        }
      }),
    )
  })

  it('shows a moved mouth in the mouth, and which way it went', () => {
    const lower = face().map(([x, y], i): Point => [x, i >= 48 ? y + 4 : y])
    const comparison = compareShapes(face(), lower)
    const [brows, eyes, nose, mouth, jaw] = comparison?.regions ?? []
    for (const other of [brows, eyes, nose, jaw]) expect(mouth.mean).toBeGreaterThan(other.mean)
    expect(mouth.shift[1]).toBeGreaterThan(0.03)
    expect(Math.abs(mouth.shift[0])).toBeLessThan(1e-9)
    expect(mouth.greatest).toBeGreaterThanOrEqual(mouth.mean)
    const mirrored = compareShapes(lower, face())
    expect(mirrored?.regions[3].shift[1]).toBeLessThan(-0.03)
  })

  it('counts in distances of the eyes', () => {
    // One point of 68 goes as far as the eyes stand apart: what the fit follows of it is little.
    const pulled = face().map(([x, y], i): Point => [i === 8 ? x + 40 : x, y])
    const comparison = compareShapes(face(), pulled)
    expect(comparison?.regions[4].greatest).toBeGreaterThan(0.9)
    expect(comparison?.regions[4].greatest).toBeLessThan(1.01)
    expect(comparison?.all.greatest).toBe(comparison?.regions[4].greatest)
  })

  it('says null where points are missing or make no shape', () => {
    expect(compareShapes(null, face())).toBeNull()
    expect(compareShapes(face(), face().slice(0, 67))).toBeNull()
    expect(
      compareShapes(
        face(),
        face().map((): Point => [1, 1]),
      ),
    ).toBeNull()
  })
})
