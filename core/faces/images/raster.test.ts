import { expect, it } from 'vitest'
import { halved, lumaOf, pyramidOf, quartered, type Raster } from './raster'
import { cutPatch, cutTensor } from './sample'
import { fillTensor } from '../inference/tensor'

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

it('quarters to the mean of sixteen, as two halvings do but for their rounding', () => {
  const random = Uint8Array.from({ length: 13 * 9 * 3 }, (_, at) => (at * 7919) % 251)
  const once = quartered({ width: 13, height: 9, data: random })
  expect([once.width, once.height]).toEqual([3, 2])
  const twice = halved(halved({ width: 13, height: 9, data: random }))
  for (const [at, value] of twice.data.entries())
    expect(Math.abs(value - once.data[at])).toBeLessThanOrEqual(1)
  let sum = 0
  for (const y of [4, 5, 6, 7]) for (const x of [8, 9, 10, 11]) sum += random[(y * 13 + x) * 3 + 1]
  expect(once.data[(1 * 3 + 2) * 3 + 1]).toBe(Math.floor(sum / 16 + 0.5))
})

it('cuts straight into an input what it would cut and then feed, to the last bit', () => {
  const data = Uint8Array.from({ length: 40 * 30 * 3 }, (_, at) => (at * 7919) % 256)
  const pyramid = pyramidOf({ width: 40, height: 30, data })
  const input = { width: 16, height: 12, mean: [120, 90, 60], scale: [0.01, 0.02, 1 / 128] }
  for (const colour of ['rgb', 'bgr'] as const) {
    for (const map of [
      [2.3, 0, -3.1, 0, 2.3, -1.7],
      [0.9, 0.3, 2.2, -0.3, 0.9, 4.1],
    ] as const) {
      const [expected, actual] = [new Float32Array(576), new Float32Array(576).fill(7)]
      fillTensor(cutPatch(pyramid, map, 16, 12), { ...input, colour }, expected)
      cutTensor(pyramid, map, { ...input, colour }, { width: 16, height: 12, data: actual })
      expect(actual).toEqual(expected)
    }
  }
})

it('cuts upright what it would cut turned by nothing, to the last bit, within and beyond the borders', () => {
  const data = Uint8Array.from({ length: 40 * 30 * 3 }, (_, at) => (at * 7919) % 256)
  const pyramid = pyramidOf({ width: 40, height: 30, data })
  for (const [scale, x, y] of [
    [0.4, -3.3, -2.9],
    [1, 0, 0],
    [1.3, 2.6, 30.2],
    [2.7, -40, 3.1],
  ]) {
    const upright = cutPatch(pyramid, [scale, 0, x, 0, scale, y], 24, 20)
    expect(cutPatch(pyramid, [scale, 1e-300, x, 0, scale, y], 24, 20)).toEqual(upright)
  }
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
