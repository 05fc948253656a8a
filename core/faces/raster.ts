import { scaleOf, type Affine } from './affine'

/** An image in memory: 8-bit RGB, row by row, three bytes a pixel. */
export interface Raster {
  width: number
  height: number
  data: Uint8Array
}

/** A small piece of an image, cut and scaled for a model: planes of R, G and B, 0..255. */
export interface Patch {
  width: number
  height: number
  data: Float32Array
}

/** A raster with its halvings, made when first needed, so that any crop is sampled near its own resolution. */
export interface Pyramid {
  readonly base: Raster
  /** Level 0 is the base; each has half the sides of the one before. Tiny images end early. */
  level(index: number): { raster: Raster; ratio: number }
}

export function pyramidOf(base: Raster): Pyramid {
  const levels = [{ raster: base, ratio: 1 }]
  return {
    base,
    level(index) {
      while (levels.length <= index) {
        const { raster, ratio } = levels[levels.length - 1]
        if (raster.width < 2 || raster.height < 2) break
        levels.push({ raster: halved(raster), ratio: ratio / 2 })
      }
      return levels[Math.min(index, levels.length - 1)]
    },
  }
}

/** The mean of every 2×2 block; an odd last row or column is left out. */
export function halved({ width, height, data }: Raster): Raster {
  const [w, h] = [width >> 1, height >> 1]
  const result = new Uint8Array(w * h * 3)
  const stride = width * 3
  for (let y = 0, out = 0; y < h; y++) {
    for (let x = 0, at = 2 * y * stride; x < w; x++, at += 6, out += 3) {
      const below = at + stride
      result[out] = (data[at] + data[at + 3] + data[below] + data[below + 3] + 2) >> 2
      result[out + 1] = (data[at + 1] + data[at + 4] + data[below + 1] + data[below + 4] + 2) >> 2
      result[out + 2] = (data[at + 2] + data[at + 5] + data[below + 2] + data[below + 5] + 2) >> 2
    }
  }
  return { width: w, height: h, data: result }
}

/**
 * Cuts a patch by bilinear sampling. `toBase` maps pixels of the patch to pixels of the base; what lies outside of
 * the image is black.
 * @param scratch memory for the values, width · height · 3 long or longer, where the patch is used up before it is
 *   needed again; its own where not given
 */
export function cutPatch(
  pyramid: Pyramid,
  toBase: Affine,
  width: number,
  height: number,
  scratch?: Float32Array,
): Patch {
  const { raster, ratio } = pyramid.level(Math.max(0, Math.round(Math.log2(scaleOf(toBase)))))
  const map = toLevel(toBase, ratio)
  const [a, b, , d] = map
  const length = width * height * 3
  const data = scratch ? scratch.subarray(0, length).fill(0) : new Float32Array(length)
  const patch = { width, height, data }
  if (b === 0 && d === 0 && a > 0) sampleUpright(raster, map, patch)
  else sampleTurned(raster, map, patch)
  return patch
}

function sampleTurned(
  level: Raster,
  [a, b, c, d, e, f]: Affine,
  { width, height, data: planes }: Patch,
): void {
  const { data } = level
  const [lastLeft, lastTop] = [level.width - 1, level.height - 1]
  const stride = level.width * 3
  const area = width * height
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out++) {
      const sx = a * x + b * y + c
      const sy = d * x + e * y + f
      if (!(sx >= 0 && sy >= 0 && sx < lastLeft && sy < lastTop)) {
        sampleEdge(level, sx, sy, planes, out, area)
        continue
      }
      // Neither is negative: cutting the fraction off is rounding down, in whole numbers.
      const left = sx | 0
      const top = sy | 0
      const right = sx - left
      const low = sy - top
      const w00 = (1 - right) * (1 - low)
      const w01 = right * (1 - low)
      const w10 = (1 - right) * low
      const w11 = right * low
      const at = top * stride + left * 3
      const below = at + stride
      planes[out] = w00 * data[at] + w01 * data[at + 3] + w10 * data[below] + w11 * data[below + 3]
      planes[out + area] =
        w00 * data[at + 1] + w01 * data[at + 4] + w10 * data[below + 1] + w11 * data[below + 4]
      planes[out + 2 * area] =
        w00 * data[at + 2] + w01 * data[at + 5] + w10 * data[below + 2] + w11 * data[below + 5]
    }
  }
}

/**
 * The same for a map that does not turn, to the last bit: every row of the patch is cut at the same columns, which are
 * reckoned once. Detector, pose and attributes see most photos so; it takes half the time.
 */
function sampleUpright(
  level: Raster,
  [a, , c, , e, f]: Affine,
  { width, height, data: planes }: Patch,
): void {
  const { data } = level
  const stride = level.width * 3
  const area = width * height
  const lefts = new Int32Array(width)
  const rights = new Float64Array(width)
  // Columns from `first` to before `end` lie between two pixels of the image.
  let [first, end] = [0, 0]
  for (let x = 0; x < width; x++) {
    const sx = a * x + c
    if (sx < 0) first = x + 1
    if (sx < level.width - 1) end = x + 1
    lefts[x] = Math.floor(sx) * 3
    rights[x] = sx - Math.floor(sx)
  }
  end = Math.max(first, end)
  for (let y = 0; y < height; y++) {
    const sy = e * y + f
    const top = Math.floor(sy)
    const isInside = top >= 0 && top < level.height - 1
    const [from, to] = isInside ? [first, end] : [width, width]
    const row = y * width
    for (let x = 0; x < from; x++) sampleEdge(level, a * x + c, sy, planes, row + x, area)
    for (let x = to; x < width; x++) sampleEdge(level, a * x + c, sy, planes, row + x, area)
    const low = sy - top
    for (let x = from; x < to; x++) {
      const right = rights[x]
      const w00 = (1 - right) * (1 - low)
      const w01 = right * (1 - low)
      const w10 = (1 - right) * low
      const w11 = right * low
      const at = top * stride + lefts[x]
      const below = at + stride
      const out = row + x
      planes[out] = w00 * data[at] + w01 * data[at + 3] + w10 * data[below] + w11 * data[below + 3]
      planes[out + area] =
        w00 * data[at + 1] + w01 * data[at + 4] + w10 * data[below + 1] + w11 * data[below + 4]
      planes[out + 2 * area] =
        w00 * data[at + 2] + w01 * data[at + 5] + w10 * data[below + 2] + w11 * data[below + 5]
    }
  }
}

/** The same at the border, where some of the four neighbours lie outside and count as black. */
function sampleEdge(
  level: Raster,
  sx: number,
  sy: number,
  planes: Float32Array,
  out: number,
  area: number,
): void {
  const left = Math.floor(sx)
  const top = Math.floor(sy)
  if (left < -1 || top < -1 || left >= level.width || top >= level.height) return
  for (let row = top; row <= top + 1; row++) {
    for (let column = left; column <= left + 1; column++) {
      if (row < 0 || column < 0 || row >= level.height || column >= level.width) continue
      const weight = (1 - Math.abs(sx - column)) * (1 - Math.abs(sy - row))
      const at = (row * level.width + column) * 3
      for (let channel = 0; channel < 3; channel++) {
        planes[out + channel * area] += weight * level.data[at + channel]
      }
    }
  }
}

/** Pixel centres of a halved image lie between those of its original. */
function toLevel([a, b, c, d, e, f]: Affine, ratio: number): Affine {
  const shift = (ratio - 1) / 2
  return [a * ratio, b * ratio, c * ratio + shift, d * ratio, e * ratio, f * ratio + shift]
}

/** Luma of a patch (ITU-R BT.601 weights), 0..255. */
export function lumaOf({ width, height, data }: Patch): Float32Array {
  const area = width * height
  const luma = new Float32Array(area)
  for (let at = 0; at < area; at++) {
    luma[at] = 0.299 * data[at] + 0.587 * data[at + area] + 0.114 * data[at + 2 * area]
  }
  return luma
}
