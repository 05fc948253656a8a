import { describe, expect, it } from 'vitest'
import { greyPictureOf, greySide } from './grey-picture'
import { pyramidOf, type Raster } from './raster'

/** A grey raster of a function of the place, each from 0 to 1. */
function painted(width: number, height: number, grey: (x: number, y: number) => number): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    data.fill(Math.round(grey((x + 0.5) / width, (y + 0.5) / height)), pixel * 3, pixel * 3 + 3)
  }
  return { width, height, data }
}
const look = (raster: Raster) => [...greyPictureOf(pyramidOf(raster))]
const slope = (x: number, y: number) => 20 + 150 * x + 60 * y

describe('the small grey picture', () => {
  it.each([
    [64, 32],
    [250, 250],
    [333, 127],
    [1999, 1333],
    [5, 700],
    [1, 1],
  ])('of %i × %i pixels has the means of what lies in each part', (width, height) => {
    const found = look(painted(width, height, slope))
    expect(found).toHaveLength(greySide ** 2)
    for (const [place, grey] of found.entries()) {
      const [x, y] = [((place % greySide) + 0.5) / greySide, (Math.floor(place / greySide) + 0.5) / greySide]
      // Where a part is smaller than a pixel, it has that pixel's grey.
      const coarse = 1 + 75 / width + 30 / height
      expect(Math.abs(grey - slope(x, y))).toBeLessThan(coarse)
    }
  })

  it('counts a pixel that lies in two parts by what of it lies in each', () => {
    // 48 columns: every third is cut in the middle.
    const found = look(painted(48, 32, (x) => (Math.floor(x * 48) % 3 === 1 ? 240 : 0)))
    for (const grey of found) expect(grey).toBeCloseTo(80, 4)
  })

  it('weighs green most', () => {
    const data = new Uint8Array(32 * 32 * 3)
    for (let at = 1; at < data.length; at += 3) data[at] = 200
    for (const grey of look({ width: 32, height: 32, data })) expect(grey).toBeCloseTo(0.587 * 200, 3)
  })
})
