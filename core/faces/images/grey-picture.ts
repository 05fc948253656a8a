import type { Pyramid, Raster } from './raster'

/** Sides of the small grey picture that tells what a photo looks like. */
export const greySide = 32

/** No fewer pixels a side are looked at: four for each of the small picture's. */
const leastSide = 4 * greySide

/**
 * The whole picture as 32×32 greys 0..255, row by row, whatever its sides: each the mean of what it covers, pixels that lie
 * in two counted by their parts, so that copies of other sizes give the same. Grey as ITU-R BT.601 weighs the channels.
 * Looks at a coarser level where the picture is large, which is mostly there for the models already.
 */
export function greyPictureOf(pyramid: Pyramid): Float32Array {
  const { width, height } = pyramid.base
  const halvings = Math.log2(Math.max(1, Math.min(width, height) / leastSide))
  // Even levels are made in one step.
  return meansOf(pyramid.level(2 * Math.floor(halvings / 2)).raster)
}

/** By running sums, which grow evenly within a pixel. */
function meansOf({ width, height, data }: Raster): Float32Array {
  const [across, down] = [edgesOf(width), edgesOf(height)]
  const sums = new Float64Array(width + 1)
  /** Of all rows above each: row by row, a column of the small picture each. */
  const above = new Float64Array((height + 1) * greySide)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3)
      sums[x + 1] = sums[x] + 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]
    for (let column = 0, place = y * greySide, left = 0; column < greySide; column++, place++) {
      const right = sumUntil(sums, across[column + 1])
      above[place + greySide] = above[place] + right - left
      left = right
    }
  }
  const area = (width * height) / greySide ** 2
  const means = new Float32Array(greySide ** 2)
  for (let column = 0; column < greySide; column++) {
    const inColumn = { first: column, step: greySide }
    for (let row = 0, before = 0; row < greySide; row++) {
      const until = sumUntil(above, down[row + 1], inColumn)
      means[row * greySide + column] = (until - before) / area
      before = until
    }
  }
  return means
}

interface Edge {
  pixel: number
  /** Of that pixel, 0..1. */
  part: number
}

/** Where 32 equal parts of so many pixels begin and end. */
function edgesOf(length: number): Edge[] {
  return Array.from({ length: greySide + 1 }, (_, index) => {
    const place = (index * length) / greySide
    const pixel = Math.min(Math.floor(place), length - 1)
    return { pixel, part: place - pixel }
  })
}

const inRow = { first: 0, step: 1 }

/** Of running sums that lie `step` apart. */
function sumUntil(sums: Float64Array, { pixel, part }: Edge, { first, step } = inRow): number {
  const at = first + pixel * step
  return sums[at] + part * (sums[at + step] - sums[at])
}
