import { expect, it } from 'vitest'
import { cutPatch, halved, lumaOf, pyramidOf, type Raster } from './raster'
import { fillTensor } from './tensor'

/** Red grows with x, green with y, blue is constant. */
function ramp(width: number, height: number, step = 1): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([x * step, y * step, 9], (y * width + x) * 3)
  }
  return { width, height, data }
}

it('halves to the mean of four, leaving an odd border out', () => {
  const half = halved(ramp(5, 4, 10))
  expect(half.width).toBe(2)
  expect(half.height).toBe(2)
  expect([...half.data]).toEqual([5, 5, 9, 25, 5, 9, 5, 25, 9, 25, 25, 9])
})

it('samples between pixels', () => {
  const patch = cutPatch(pyramidOf(ramp(10, 10, 10)), [1, 0, 2.5, 0, 1, 3.25], 2, 1)
  expect([...patch.data]).toEqual([25, 35, 32.5, 32.5, 9, 9])
})

it('has black outside, and half of it at the border', () => {
  const white = { width: 4, height: 4, data: new Uint8Array(48).fill(200) }
  const patch = cutPatch(pyramidOf(white), [1, 0, -2, 0, 1, 1], 3, 1)
  expect([...patch.data.subarray(0, 3)]).toEqual([0, 0, 200])
  const border = cutPatch(pyramidOf(white), [1, 0, -0.5, 0, 1, 1], 1, 1)
  expect(border.data[0]).toBe(100)
})

it('finds the same place in every level of the pyramid', () => {
  const pyramid = pyramidOf(ramp(256, 256))
  for (const scale of [1, 2, 4, 8, 16]) {
    const at = scale * 5 + (scale - 1) / 2
    const patch = cutPatch(pyramid, [scale, 0, at, 0, scale, 64], 1, 1)
    // Every halving rounds half a step up.
    expect(Math.abs(patch.data[0] - at)).toBeLessThan(2)
    expect(Math.abs(patch.data[1] - 64)).toBeLessThan(2)
  }
})

it('averages before it shrinks, so that fine patterns turn grey instead of vanishing', () => {
  const data = new Uint8Array(64 * 64 * 3).map((_, index) => (Math.floor(index / 3) % 2 ? 255 : 0))
  const patch = cutPatch(pyramidOf({ width: 64, height: 64, data }), [4, 0, 1.5, 0, 4, 1.5], 8, 8)
  for (const value of patch.data.subarray(0, 64)) expect(value).toBeCloseTo(128, -0.5)
})

it('feeds channels in the order of the model, centred and scaled', () => {
  const patch = { width: 1, height: 1, data: Float32Array.of(10, 20, 30) }
  const input = { width: 1, height: 1, mean: [1, 2, 3], scale: [1, 0.5, 2] }
  const values = new Float32Array(3)
  fillTensor(patch, { ...input, colour: 'rgb' }, values)
  expect([...values]).toEqual([9, 9, 54])
  fillTensor(patch, { ...input, colour: 'bgr' }, values)
  expect([...values]).toEqual([29, 9, 14])
  const grey = new Float32Array(1)
  fillTensor(patch, { ...input, colour: 'grey', mean: [0], scale: [1] }, grey)
  expect(grey[0]).toBeCloseTo(0.299 * 10 + 0.587 * 20 + 0.114 * 30, 4)
  expect(lumaOf(patch)[0]).toBe(grey[0])
})
