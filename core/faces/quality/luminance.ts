import { applyAffine, type Affine } from '../affine'
import { component, sigmoid } from './curves'

const ellipses = new Map<string, Uint32Array>()

/** The pixels of an aligned crop in the ellipse that holds the face and little of hair and background, row by row. */
export function facePixels(width: number, height: number): Uint32Array {
  const known = ellipses.get(`${width}×${height}`)
  if (known) return known
  const pixels: number[] = []
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)]
    const [dx, dy] = [(x + 0.5 - width / 2) / (width * 0.36), (y + 0.5 - height * 0.6) / (height * 0.4)]
    if (dx * dx + dy * dy <= 1) pixels.push(at)
  }
  const result = Uint32Array.from(pixels)
  ellipses.set(`${width}×${height}`, result)
  return result
}

/** How the luma of a face is spread over 0..255, as parts that sum to 1; null where nothing of it is in the image. */
export type Histogram = Float64Array

/**
 * The histogram of the face's ellipse in the aligned crop. What lies outside of the image is black in the crop and
 * left out here.
 */
export function faceHistogram(
  luma: Float32Array,
  width: number,
  toBase: Affine,
  image: { width: number; height: number },
): Histogram | null {
  const height = luma.length / width
  const bins = new Float64Array(256)
  const isWhole = isWithin(toBase, image, width, height)
  let count = 0
  for (const at of facePixels(width, height)) {
    if (!isWhole && !isPixel(applyAffine(toBase, [at % width, Math.floor(at / width)]), image)) continue
    // Luma of 0..255; half up, as Math.round does.
    bins[(luma[at] + 0.5) | 0]++
    count++
  }
  return count > 0 ? bins.map((bin) => bin / count) : null
}

/** Whether all four corners of the crop, and with them the crop, lie in the image. */
function isWithin(toBase: Affine, image: { width: number; height: number }, width: number, height: number) {
  const corners = [
    [0, 0],
    [width - 1, 0],
    [0, height - 1],
    [width - 1, height - 1],
  ] as const
  return corners.every((corner) => isPixel(applyAffine(toBase, corner), image))
}

const isPixel = ([x, y]: readonly [number, number], image: { width: number; height: number }) =>
  x >= -0.5 && y >= -0.5 && x <= image.width - 0.5 && y <= image.height - 0.5

/** Mean and variance of a histogram, of luma in 0..1. */
export function momentsOf(histogram: Histogram): { mean: number; variance: number } {
  let mean = 0
  for (let bin = 0; bin < 256; bin++) mean += (histogram[bin] * bin) / 255
  let variance = 0
  for (let bin = 0; bin < 256; bin++) variance += histogram[bin] * (bin / 255 - mean) ** 2
  return { mean, variance }
}

/** Full in the middle of the range, half at a mean of .2 and .8 (OFIQ, LuminanceMean). */
export const exposureOf = (mean: number) => sigmoid(mean, 0.2, 0.05) * (1 - sigmoid(mean, 0.8, 0.05))

/** Full at a variance of 1/60, less for flat and for harsh light (OFIQ, LuminanceVariance). */
export const contrastOf = (variance: number) => Math.sin((Math.PI * 60 * variance) / (60 * variance + 1))

export const luminanceMean = (histogram: Histogram) => component(exposureOf(momentsOf(histogram).mean))

export const luminanceVariance = (histogram: Histogram) =>
  component(contrastOf(momentsOf(histogram).variance))

/** `1 / (p + 0.01)` per cent, p the part of the face at 247 and above (OFIQ, OverExposurePrevention). */
export const overExposure = (histogram: Histogram) =>
  component(1 / (partBetween(histogram, 247, 255) + 0.01) / 100)

/** `1.2 · (0.832 − σ(p; .92, .05))`, p the part of the face at 25 and below (OFIQ, UnderExposurePrevention). */
export const underExposure = (histogram: Histogram) =>
  component(1.2 * (0.832 - sigmoid(partBetween(histogram, 0, 25), 0.92, 0.05)))

const partBetween = (histogram: Histogram, from: number, to: number) =>
  histogram.subarray(from, to + 1).reduce((sum, part) => sum + part, 0)
