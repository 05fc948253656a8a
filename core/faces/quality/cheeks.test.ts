import { describe, expect, it } from 'vitest'
import { face } from '../../../tests/factories/landmarks'
import { cheekZones, illuminationUniformity, naturalColour } from './cheeks'

const side = 112
const points = face().map(([x, y]) => [56 + x, 36 + y] as const)
const zones = cheekZones(points)
const luma = (value: (x: number, y: number) => number) =>
  Float32Array.from({ length: side * side }, (_, at) => value(at % side, Math.floor(at / side)))

describe('cheekZones', () => {
  it('are two squares of .3 distances between the eyes, half way down to the mouth, mirrored', () => {
    // The eyes are 40 apart at x 36 and 76, y 36; the mouth's middle lies 50 below.
    expect(zones.map(({ side }) => side)).toEqual([12, 12])
    expect(zones[0].left + 12).toBe(36)
    expect(zones[1].left).toBe(76)
    expect(zones[0].top).toBe(zones[1].top)
    expect(Math.abs(zones[0].top - 61)).toBeLessThanOrEqual(1)
  })
})

describe('illuminationUniformity', () => {
  it('is 100 where both cheeks are alike', () => {
    expect(
      illuminationUniformity(
        luma(() => 120),
        side,
        zones,
      ),
    ).toBe(100)
    expect(
      illuminationUniformity(
        luma((_, y) => 60 + y),
        side,
        zones,
      ),
    ).toBe(100)
  })

  it('is 0 where they have no level in common, and in between by the part that they have', () => {
    expect(
      illuminationUniformity(
        luma((x) => (x < 56 ? 40 : 200)),
        side,
        zones,
      ),
    ).toBe(0)
    // Every other pixel of the right cheek as on the left: half in common, .5 ** .3 = .81.
    expect(
      illuminationUniformity(
        luma((x) => (x < 56 || x % 2 ? 40 : 200)),
        side,
        zones,
      ),
    ).toBe(81)
  })

  it('is unknown where a cheek lies outside of the crop', () => {
    const off = cheekZones(points.map(([x, y]) => [x - 60, y] as const))
    expect(
      illuminationUniformity(
        luma(() => 120),
        side,
        off,
      ),
    ).toBeNull()
  })
})

describe('naturalColour', () => {
  const colour = (red: number, green: number, blue: number) => {
    const data = new Float32Array(side * side * 3)
    for (const [index, value] of [red, green, blue].entries()) {
      data.fill(value, index * side * side, (index + 1) * side * side)
    }
    return naturalColour({ width: side, height: side, data }, zones)
  }

  it('is 100 for skin, light and dark', () => {
    expect(colour(224, 172, 146)).toBe(100)
    expect(colour(92, 58, 44)).toBe(100)
  })

  it('is 0 under blue and green light', () => {
    expect(colour(80, 110, 220)).toBe(0)
    expect(colour(90, 200, 90)).toBe(0)
  })

  it('falls with the distance from skin', () => {
    // No colour at all: (5, 5) away, 2 · (1 − σ(7.07; 0, 10)) = .66.
    expect(colour(128.4, 128, 128)).toBeGreaterThanOrEqual(64)
    expect(colour(128.4, 128, 128)).toBeLessThanOrEqual(72)
    expect(colour(255, 60, 20)).toBeLessThan(5)
  })
})
