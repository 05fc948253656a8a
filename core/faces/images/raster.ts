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
  const levels = new Map([[0, base]])
  const last = Math.max(0, Math.floor(Math.log2(Math.min(base.width, base.height))))
  const rasterAt = (index: number): Raster => {
    const made = levels.get(index)
    if (made) return made
    // Even levels two steps at once: the first halving of a large photo is dear, and seldom looked at.
    const raster = index % 2 === 0 ? quartered(rasterAt(index - 2)) : halved(rasterAt(index - 1))
    levels.set(index, raster)
    return raster
  }
  return {
    base,
    level(index) {
      const nearest = Math.min(index, last)
      return { raster: rasterAt(nearest), ratio: 2 ** -nearest }
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

/** The mean of every 4×4 block; what is left over at the right and below is left out. */
export function quartered({ width, height, data }: Raster): Raster {
  const [w, h] = [width >> 2, height >> 2]
  const result = new Uint8Array(w * h * 3)
  const stride = width * 3
  for (let y = 0, out = 0; y < h; y++) {
    const first = 4 * y * stride
    for (let x = 0, left = first; x < w; x++, left += 12, out += 3) {
      let [red, green, blue] = [8, 8, 8]
      for (let row = 0, at = left; row < 4; row++, at += stride) {
        red += data[at] + data[at + 3] + data[at + 6] + data[at + 9]
        green += data[at + 1] + data[at + 4] + data[at + 7] + data[at + 10]
        blue += data[at + 2] + data[at + 5] + data[at + 8] + data[at + 11]
      }
      result[out] = red >> 4
      result[out + 1] = green >> 4
      result[out + 2] = blue >> 4
    }
  }
  return { width: w, height: h, data: result }
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
