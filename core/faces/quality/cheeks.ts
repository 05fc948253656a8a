import { distance, meanPoint, type Point } from '../affine'
import { labOf } from '../images/colour'
import type { Patch } from '../images/raster'
import { component, sigmoid } from './curves'

/** A square of pixels of a crop. */
export interface Zone {
  left: number
  top: number
  side: number
}

/**
 * A square of .3 distances between the eyes on each cheek, half way from the eyes to the mouth, under the outer part
 * of each eye (OFIQ's zones of IlluminationUniformity and NaturalColour).
 * @param points the 68 points in pixels of an upright crop
 */
export function cheekZones(points: readonly Point[]): [image_left: Zone, image_right: Zone] {
  const eye = (from: number, to: number) => meanPoint([points[from], points[to]])
  const [left, right] = [eye(36, 39), eye(42, 45)]
  const mouth = meanPoint(points.slice(48, 60))
  const side = Math.max(1, Math.round(distance(left, right) * 0.3))
  const below = distance(meanPoint([left, right]), mouth) / 2
  const zone = ([x, y]: Point, shift: number) => ({
    left: Math.round(x + shift),
    top: Math.round(y + below),
    side,
  })
  return [zone(left, -side), zone(right, 0)]
}

/** Indices of a zone's pixels; those outside of the crop are left out. */
function pixelsOf({ left, top, side }: Zone, width: number, height: number): number[] {
  const pixels: number[] = []
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + side); x++) pixels.push(y * width + x)
  }
  return pixels
}

/** A cheek of the aligned crop has about a hundred pixels: more bins would compare noise. */
const bins = 16

/**
 * `D^0.3`, D the part that the histograms of luma of the two cheeks have in common (OFIQ, IlluminationUniformity; there
 * with 256 bins on a larger crop). Null where a cheek lies outside of the crop.
 */
export function illuminationUniformity(
  luma: Float32Array,
  width: number,
  zones: readonly [Zone, Zone],
): number | null {
  const [left, right] = zones.map((zone) => {
    const pixels = pixelsOf(zone, width, luma.length / width)
    const histogram = new Float64Array(bins)
    for (const at of pixels)
      histogram[Math.min(bins - 1, Math.floor((luma[at] * bins) / 256))] += 1 / pixels.length
    return { histogram, count: pixels.length }
  })
  if (left.count === 0 || right.count === 0) return null
  const common = left.histogram.reduce((sum, part, bin) => sum + Math.min(part, right.histogram[bin]), 0)
  return component(common ** 0.3)
}

/**
 * `2 · (1 − σ(D; 0, 10))`, D the distance of the cheeks' mean a and b (CIELAB, D65) from 5..25 and 5..35, where skin lies;
 * 0 where one is negative (OFIQ, NaturalColour). Null where the cheeks lie outside of the crop.
 */
export function naturalColour({ width, height, data }: Patch, zones: readonly Zone[]): number | null {
  const area = width * height
  const pixels = zones.flatMap((zone) => pixelsOf(zone, width, height))
  if (pixels.length === 0) return null
  let [meanA, meanB] = [0, 0]
  for (const at of pixels) {
    const [, a, b] = labOf(data[at], data[at + area], data[at + 2 * area])
    meanA += a / pixels.length
    meanB += b / pixels.length
  }
  if (meanA < 0 || meanB < 0) return 0
  const off = Math.hypot(beyond(meanA, 5, 25), beyond(meanB, 5, 35))
  return component(2 * (1 - sigmoid(off, 0, 10)))
}

const beyond = (value: number, least: number, most: number) => Math.max(0, least - value, value - most)
