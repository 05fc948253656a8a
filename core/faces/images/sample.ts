import { scaleOf, type Affine } from '../affine'
import type { ModelInput } from '../packs/manifest'
import type { Patch, Pyramid, Raster } from './raster'

/** Where sampled colours go: three planes of `data`, each value as `(colour − mean) · scale`. */
interface Planes {
  width: number
  height: number
  data: Float32Array
  /** Where the planes of R, G and B begin. */
  starts: readonly [number, number, number]
  mean: readonly [number, number, number]
  scale: readonly [number, number, number]
}

/**
 * Cuts a patch by bilinear sampling. `toBase` maps pixels of the patch to pixels of the base; what lies outside of
 * the image is black.
 */
export function cutPatch(pyramid: Pyramid, toBase: Affine, width: number, height: number): Patch {
  const area = width * height
  const data = new Float32Array(area * 3)
  const starts = [0, area, 2 * area] as const
  sample(pyramid, toBase, { width, height, data, starts, mean: [0, 0, 0], scale: [1, 1, 1] })
  return { width, height, data }
}

/**
 * The same straight into a model's input of three channels: what {@link cutPatch} and `fillTensor` give one after the
 * other, in one pass over the memory.
 * @param into width · height · 3 long
 */
export function cutTensor(
  pyramid: Pyramid,
  toBase: Affine,
  { colour, mean, scale }: ModelInput,
  into: { width: number; height: number; data: Float32Array },
): void {
  const area = into.width * into.height
  // Mean and scale are in the order of the model's channels.
  const order = colour === 'bgr' ? ([2, 1, 0] as const) : ([0, 1, 2] as const)
  const of = (values: readonly number[]) => [values[order[0]], values[order[1]], values[order[2]]] as const
  const starts = [order[0] * area, order[1] * area, order[2] * area] as const
  sample(pyramid, toBase, { ...into, starts, mean: of(mean), scale: of(scale) })
}

function sample(pyramid: Pyramid, toBase: Affine, planes: Planes): void {
  const { raster, ratio } = pyramid.level(Math.max(0, Math.round(Math.log2(scaleOf(toBase)))))
  const map = toLevel(toBase, ratio)
  const [a, b, , d] = map
  const { width, height, data, starts, mean, scale } = planes
  // Black everywhere: what lies outside is not looked at again.
  for (const channel of [0, 1, 2] as const) {
    data.fill((0 - mean[channel]) * scale[channel], starts[channel], starts[channel] + width * height)
  }
  if (b === 0 && d === 0 && a > 0) sampleUpright(raster, map, planes)
  else sampleTurned(raster, map, planes)
}

function sampleTurned(level: Raster, [a, b, c, d, e, f]: Affine, planes: Planes): void {
  const { width, height, data: values } = planes
  const [red, green, blue] = planes.starts
  const [meanR, meanG, meanB] = planes.mean
  const [scaleR, scaleG, scaleB] = planes.scale
  const { data } = level
  const [lastLeft, lastTop] = [level.width - 1, level.height - 1]
  const stride = level.width * 3
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out++) {
      const sx = a * x + b * y + c
      const sy = d * x + e * y + f
      if (!(sx >= 0 && sy >= 0 && sx < lastLeft && sy < lastTop)) {
        if (sx > -1 && sy > -1 && sx < level.width && sy < level.height)
          sampleEdge(level, sx, sy, planes, out)
        continue
      }
      // Neither is negative: cutting the fraction off is rounding down, in whole numbers.
      const left = sx | 0
      const top = sy | 0
      const right = sx - left
      const low = sy - top
      const [rest, high] = [1 - right, 1 - low]
      const at = top * stride + left * 3
      const below = at + stride
      const r =
        (data[at] * rest + data[at + 3] * right) * high + (data[below] * rest + data[below + 3] * right) * low
      const g =
        (data[at + 1] * rest + data[at + 4] * right) * high +
        (data[below + 1] * rest + data[below + 4] * right) * low
      const u =
        (data[at + 2] * rest + data[at + 5] * right) * high +
        (data[below + 2] * rest + data[below + 5] * right) * low
      values[out + red] = (Math.fround(r) - meanR) * scaleR
      values[out + green] = (Math.fround(g) - meanG) * scaleG
      values[out + blue] = (Math.fround(u) - meanB) * scaleB
    }
  }
}

/**
 * The same for a map that does not turn, to the last bit: all rows of the patch are cut at the same columns, and a row
 * of the image that two of them lie between is cut once. Detector, pose and attributes see most photos so; it takes a
 * third of the time.
 */
function sampleUpright(level: Raster, [a, , c, , e, f]: Affine, planes: Planes): void {
  const { width, height, data: values } = planes
  const [red, green, blue] = planes.starts
  const [meanR, meanG, meanB] = planes.mean
  const [scaleR, scaleG, scaleB] = planes.scale
  const columns = columnsOf(level, a, c, width)
  const { first, end, from, to } = columns
  // The image's rows above and below, cut; and which they are.
  let [upper, lower] = [new Float64Array(width * 3), new Float64Array(width * 3)]
  let [upperRow, lowerRow] = [-1, -1]
  for (let y = 0; y < height; y++) {
    const sy = e * y + f
    if (sy <= -1 || sy >= level.height) continue
    const top = Math.floor(sy)
    const isInside = top >= 0 && top < level.height - 1
    const row = y * width
    const [begin, stop] = isInside ? [first, end] : [to, to]
    for (let x = from; x < begin; x++) sampleEdge(level, a * x + c, sy, planes, row + x)
    for (let x = stop; x < to; x++) sampleEdge(level, a * x + c, sy, planes, row + x)
    if (!isInside) continue
    if (lowerRow === top) [upper, lower, upperRow, lowerRow] = [lower, upper, lowerRow, upperRow]
    if (upperRow !== top) cutRow(level, (upperRow = top), columns, upper)
    if (lowerRow !== top + 1) cutRow(level, (lowerRow = top + 1), columns, lower)
    const low = sy - top
    const high = 1 - low
    for (let x = first, at = first * 3; x < end; x++, at += 3) {
      const out = row + x
      values[out + red] = (Math.fround(upper[at] * high + lower[at] * low) - meanR) * scaleR
      values[out + green] = (Math.fround(upper[at + 1] * high + lower[at + 1] * low) - meanG) * scaleG
      values[out + blue] = (Math.fround(upper[at + 2] * high + lower[at + 2] * low) - meanB) * scaleB
    }
  }
}

/** Where the columns of a patch that is not turned lie in the image. */
interface Columns {
  /** From `from` to before `to` they touch the image, from `first` to before `end` they lie between two of its pixels. */
  from: number
  first: number
  end: number
  to: number
  /** The pixel to the left, as a place in a row of the image; and how far beyond it. */
  lefts: Int32Array
  rights: Float64Array
}

function columnsOf(level: Raster, a: number, c: number, width: number): Columns {
  const lefts = new Int32Array(width)
  const rights = new Float64Array(width)
  let [from, first, end, to] = [0, 0, 0, 0]
  for (let x = 0; x < width; x++) {
    const sx = a * x + c
    if (sx <= -1) from = x + 1
    if (sx < 0) first = x + 1
    if (sx < level.width - 1) end = x + 1
    if (sx < level.width) to = x + 1
    lefts[x] = Math.floor(sx) * 3
    rights[x] = sx - Math.floor(sx)
  }
  end = Math.max(first, end)
  return { from, first, end, to: Math.max(from, to), lefts, rights }
}

/** One row of the image at the columns of the patch, R, G and B of each. */
function cutRow({ data, width }: Raster, row: number, columns: Columns, into: Float64Array): void {
  const { first, end, lefts, rights } = columns
  const start = row * width * 3
  for (let x = first, out = first * 3; x < end; x++, out += 3) {
    const at = start + lefts[x]
    const right = rights[x]
    const rest = 1 - right
    into[out] = data[at] * rest + data[at + 3] * right
    into[out + 1] = data[at + 1] * rest + data[at + 4] * right
    into[out + 2] = data[at + 2] * rest + data[at + 5] * right
  }
}

/** The same at the border, where some of the four neighbours lie outside and count as black. */
function sampleEdge(level: Raster, sx: number, sy: number, planes: Planes, out: number): void {
  const { data, starts, mean, scale } = planes
  const left = Math.floor(sx)
  const top = Math.floor(sy)
  let [red, green, blue] = [0, 0, 0]
  for (let row = top; row <= top + 1; row++) {
    for (let column = left; column <= left + 1; column++) {
      if (row < 0 || column < 0 || row >= level.height || column >= level.width) continue
      const weight = (1 - Math.abs(sx - column)) * (1 - Math.abs(sy - row))
      const at = (row * level.width + column) * 3
      red += weight * level.data[at]
      green += weight * level.data[at + 1]
      blue += weight * level.data[at + 2]
    }
  }
  data[out + starts[0]] = (Math.fround(red) - mean[0]) * scale[0]
  data[out + starts[1]] = (Math.fround(green) - mean[1]) * scale[1]
  data[out + starts[2]] = (Math.fround(blue) - mean[2]) * scale[2]
}

/** Pixel centres of a halved image lie between those of its original. */
function toLevel([a, b, c, d, e, f]: Affine, ratio: number): Affine {
  const shift = (ratio - 1) / 2
  return [a * ratio, b * ratio, c * ratio + shift, d * ratio, e * ratio, f * ratio + shift]
}
