import { describe, expect, it } from 'vitest'
import { face } from '../../../tests/factories/landmarks'
import { applyAffine, rotationAbout, type Affine, type Point } from '../affine'
import { eyesOpen, eyesToChin, mouthClosed } from './features'
import { cropMargins, headSize, interEyeDistance, singleFace, uprightFraming } from './framing'

/** The drawn face, eyes 40 apart and 80 above the chin, with its eyes at a place. */
const faceAt = (x: number, y: number): Point[] => face().map(([u, v]) => [x + u, y + v])

describe('uprightFraming', () => {
  it.each([0, 90, 180, 270])('undoes a turn by %d° and no lean', (degrees) => {
    const [width, height] = [300, 400]
    const leaning = faceAt(150, 200).map((point) => applyAffine(rotationAbout([150, 200], 20), point))
    const turns: Record<number, Affine> = {
      0: [1, 0, 0, 0, 1, 0],
      90: [0, -1, height, 1, 0, 0],
      180: [-1, 0, width, 0, -1, height],
      270: [0, 1, 0, -1, 0, width],
    }
    const turned = leaning.map((point) => applyAffine(turns[degrees], point))
    const [w, h] = degrees % 180 ? [height, width] : [width, height]
    const framing = uprightFraming(turned, w, h)
    expect([framing.width, framing.height]).toEqual([width, height])
    for (const [index, [x, y]] of framing.points.entries()) {
      expect(x).toBeCloseTo(leaning[index][0], 9)
      expect(y).toBeCloseTo(leaning[index][1], 9)
    }
  })
})

describe('headSize', () => {
  const size = (height: number) => headSize(uprightFraming(faceAt(150, 100), 300, height))

  it('is full where eyes to chin are .45 of the height, and falls to both sides', () => {
    expect(size(80 / 0.45)).toBe(100)
    // .05 off: 2 · (1 − σ(1)) = .54.
    expect(size(80 / 0.4)).toBe(54)
    expect(size(80 / 0.5)).toBe(54)
    expect(size(8000)).toBe(0)
  })
})

describe('cropMargins', () => {
  const margins = (x: number, y: number, width: number, height: number) =>
    cropMargins(uprightFraming(faceAt(x, y), width, height))

  it('is full with room on all sides', () => {
    expect(margins(500, 500, 1000, 1000)).toBe(100)
  })

  it.each([
    // The eyes' centres are 20 beside the middle; .9 distances between the eyes are 36.
    ['left', 56, 500, 1000, 1000],
    ['right', 944, 500, 1000, 1000],
    ['above', 500, 112, 1000, 1000],
    ['below', 500, 856, 1000, 1000],
  ])('is half where there is just enough room %s', (_, x, y, width, height) => {
    expect(margins(x, y, width, height)).toBe(50)
  })
})

describe('interEyeDistance', () => {
  it('is half at 70 pixels, set right for the turn of the head', () => {
    expect(interEyeDistance(70, 0)).toBe(50)
    expect(interEyeDistance(35, 60)).toBe(50)
    expect(interEyeDistance(35, -60)).toBe(50)
    expect(interEyeDistance(200, 0)).toBe(100)
    expect(interEyeDistance(5, 0)).toBeLessThan(5)
    expect(interEyeDistance(10, 90)).toBe(interEyeDistance(10, 80))
  })
})

describe('singleFace', () => {
  it('is what the largest other face leaves', () => {
    expect(singleFace(100, 0)).toBe(100)
    expect(singleFace(100, 25)).toBe(75)
    expect(singleFace(100, 100)).toBe(0)
    expect(singleFace(100, 400)).toBe(0)
  })
})

describe('eyes and mouth', () => {
  const changed = (change: Record<number, Point>) => face().map((point, index) => change[index] ?? point)

  it('measures from the eyes to the chin', () => {
    expect(eyesToChin(face())).toBe(80)
  })

  it('sees a closed eye, also where the other one is open', () => {
    expect(eyesOpen(face())).toBeGreaterThan(99)
    // Lids .02 of 80 apart: half.
    const lids = changed({ 37: [-24, -0.8], 41: [-24, 0.8], 38: [-16, -0.8], 40: [-16, 0.8] })
    expect(eyesOpen(lids)).toBe(50)
    const shut = changed({ 37: [-24, 0], 41: [-24, 0], 38: [-16, 0], 40: [-16, 0] })
    expect(eyesOpen(shut)).toBe(12)
  })

  it('sees an open mouth', () => {
    expect(mouthClosed(face())).toBe(95)
    // Inner lips .2 of 80 apart: half.
    expect(mouthClosed(changed({ 62: [0, 44], 66: [0, 60] }))).toBe(50)
    expect(mouthClosed(changed({ 62: [0, 40], 66: [0, 70] }))).toBeLessThan(10)
  })

  it('does not mind size and lean', () => {
    const map = rotationAbout([7, 9], 50)
    const other = face().map((point) => applyAffine(map, [point[0] * 3, point[1] * 3]))
    expect(eyesOpen(other)).toBe(eyesOpen(face()))
    expect(mouthClosed(other)).toBe(mouthClosed(face()))
  })
})
