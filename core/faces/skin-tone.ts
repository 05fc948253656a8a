import { applyAffine, invert, meanPoint, type Affine, type Point } from './affine'
import { colourDistance, labOf, type Lab } from './images/colour'
import type { Landmarks } from './face-points'
import type { Patch } from './images/raster'

/** A photo whose pixels carry less colour than this, on average, is grey. */
const greyChroma = 2
/** Pixels further than this from the middle colour are hair, glasses, shine or shadow. */
const sameColour = 15
const rounds = 5

/**
 * The dominant colour of cheeks and forehead in CIELAB: from the median colour of the three patches, the mean of what
 * lies near is taken, five times over.
 * @param aligned the aligned crop of a photo that is not grey, and the map from its pixels to those of the landmarks
 * @returns null where none of the three lies in the crop
 */
export function skinToneOf(aligned: Patch, toBase: Affine, landmarks: Landmarks): Lab | null {
  const toPatch = invert(toBase)
  const points = landmarks.map((point) => applyAffine(toPatch, point))
  const colours = patches(points).flatMap(({ centre, radius }) => coloursIn(aligned, centre, radius))
  if (colours.length === 0) return null
  let tone: Lab = [0, 1, 2].map((channel) => median(colours.map((colour) => colour[channel]))) as Lab
  for (let round = 0; round < rounds; round++) {
    const near = colours.filter((colour) => colourDistance(colour, tone) < sameColour)
    if (near.length === 0) break
    tone = meanColour(near)
  }
  return tone
}

/** Where skin is: below each eye at the height of the nose, and above the brows. */
function patches(points: readonly Point[]): { centre: Point; radius: number }[] {
  const eyes = meanPoint(points.slice(36, 48))
  const span = Math.hypot(points[45][0] - points[36][0], points[45][1] - points[36][1])
  const brows = meanPoint(points.slice(17, 27))
  const forehead: Point = [brows[0] * 2 - eyes[0], brows[1] * 2 - eyes[1]]
  const cheek = (eyeCorner: number, jaw: number, nose: number) =>
    meanPoint([points[eyeCorner], points[jaw], points[nose], points[nose]])
  const radius = span / 10
  return [
    { centre: cheek(41, 3, 31), radius },
    { centre: cheek(46, 13, 35), radius },
    { centre: forehead, radius },
  ]
}

function coloursIn({ width, height, data }: Patch, [x, y]: Point, radius: number): Lab[] {
  const area = width * height
  const colours: Lab[] = []
  for (let row = Math.max(0, Math.ceil(y - radius)); row <= Math.min(height - 1, y + radius); row++) {
    for (
      let column = Math.max(0, Math.ceil(x - radius));
      column <= Math.min(width - 1, x + radius);
      column++
    ) {
      if (Math.hypot(column - x, row - y) > radius) continue
      const at = row * width + column
      colours.push(labOf(data[at], data[at + area], data[at + 2 * area]))
    }
  }
  return colours
}

/** Whether the crop's photo carries no colour. */
export function isGrey(aligned: Patch): boolean {
  // Any chroma of sRGB is .17 to .91 of the difference of its channels: CIELAB is asked only where that decides nothing.
  const difference = meanDifference(aligned)
  if (difference < 1) return true
  return difference < 10 * greyChroma && meanChroma(aligned) < greyChroma
}

/** Every seventh pixel is enough to tell a grey photo from a coloured one. */
const stride = 7

/** Of the largest and the smallest channel of a pixel, 0..255. */
function meanDifference({ width, height, data }: Patch): number {
  const area = width * height
  let sum = 0
  for (let at = 0; at < area; at += stride) {
    const [red, green, blue] = [data[at], data[at + area], data[at + 2 * area]]
    sum += Math.max(red, green, blue) - Math.min(red, green, blue)
  }
  return sum / Math.ceil(area / stride)
}

function meanChroma({ width, height, data }: Patch): number {
  const area = width * height
  let sum = 0
  for (let at = 0; at < area; at += stride) {
    const [, a, b] = labOf(data[at], data[at + area], data[at + 2 * area])
    sum += Math.hypot(a, b)
  }
  return sum / Math.ceil(area / stride)
}

const meanColour = (colours: Lab[]): Lab =>
  [0, 1, 2].map(
    (channel) => colours.reduce((sum, colour) => sum + colour[channel], 0) / colours.length,
  ) as Lab

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
