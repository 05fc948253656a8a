import {
  applyAffine,
  compose,
  degreesOf,
  distance,
  meanPoint,
  rotationAbout,
  turnOf,
  withinHalfTurn,
  type Affine,
  type Point,
} from './affine'
import type { Detection } from './detection'
import { cutPatch, type Pyramid } from './raster'
import type { Model } from './session'

/** 68 points in the order of iBUG 300-W; pixels of the base. */
export type Landmarks = readonly Point[]

export interface LandmarkResult {
  points: Landmarks
  /**
   * Mean distance between what two looks saw, in distances between the eyes. Below 0.07 for 98 of 100 upright faces,
   * above 0.1 for 99 of 100 that lie on their side or head.
   */
  disagreement: number
  /** Degrees to turn a crop by so that it shows the head upright: the frame's quarters, or the eyes where it leans. */
  turn: number
}

/** The points' mean lies this much of the box's height below the box's centre. */
const meanBelowCentre = 0.1

/** Degrees that the eyes may lean before the second look is the better one. */
const smallLean = 15

/**
 * The 68 points of a face, in two looks. The first sees a square of the box's height about the box's centre; the
 * second one that is turned by the first one's eyes and centred on its points. A head that leans takes its points from
 * the second: tilted by 45° it keeps its embedding (cosine .99 to the upright one's, .97 with one look). For upright
 * heads the first is as good or better (LFW pairs: 99.15 % to 98.9 %).
 */
export async function findLandmarks(
  model: Model,
  pyramid: Pyramid,
  detection: Detection,
): Promise<LandmarkResult> {
  const size = detection.box.height
  const first = await look(model, pyramid, (side) =>
    compose(detection.frame.toBase, squareCrop(detection, 1, side)),
  )
  const roll = eyeRoll(first)
  const radians = (roll * Math.PI) / 180
  const [x, y] = meanPoint(first)
  const shift = meanBelowCentre * size
  const centre: Point = [x + shift * Math.sin(radians), y - shift * Math.cos(radians)]
  const turn = rotationAbout(centre, roll)
  const second = await look(model, pyramid, (side) => compose(turn, squareAbout(centre, size, side)))
  const apart = second.reduce((sum, point, index) => sum + distance(point, first[index]), 0) / second.length
  const [leftEye, rightEye] = fivePointsOf(first)
  const frameTurn = turnOf(detection.frame.toBase)
  const leans = Math.abs(withinHalfTurn(roll - frameTurn)) > smallLean
  return {
    points: leans ? second : first,
    turn: leans ? eyeRoll(second) : frameTurn,
    disagreement: apart / Math.max(1e-6, distance(leftEye, rightEye)),
  }
}

/** Degrees of the line through the eyes, clockwise. */
export function eyeRoll(landmarks: Landmarks): number {
  const [left, right] = fivePointsOf(landmarks)
  return degreesOf(right[0] - left[0], right[1] - left[1])
}

/** One run of the model, which answers in parts of the square that it is shown. */
async function look(model: Model, pyramid: Pyramid, cropOf: (side: number) => Affine): Promise<Landmarks> {
  const { width: side } = model.definition.input
  const toBase = cropOf(side)
  const { output } = await model.run(cutPatch(pyramid, toBase, side, side))
  if (output?.length !== 136) throw new Error('The landmark model does not give 68 points.')
  return Array.from({ length: 68 }, (_, index) =>
    applyAffine(toBase, [output[index * 2] * side - 0.5, output[index * 2 + 1] * side - 0.5]),
  )
}

/** Maps a crop of `side` pixels to the square of `factor` times the box's height about the box's centre. */
export function squareCrop({ box }: Detection, factor: number, side: number): Affine {
  // Boxes are measured from the first pixel's corner, points from its centre.
  const centre: Point = [box.x + box.width / 2 - 0.5, box.y + box.height / 2 - 0.5]
  return squareAbout(centre, box.height * factor, side)
}

function squareAbout([x, y]: Point, size: number, side: number): Affine {
  const scale = size / side
  const shift = ((side - 1) / 2) * scale
  return [scale, 0, x - shift, 0, scale, y - shift]
}

/** Eyes (the image's left one first), nose tip, mouth corners. */
export function fivePointsOf(landmarks: Landmarks): Point[] {
  const mean = (...indices: number[]) => meanPoint(indices.map((index) => landmarks[index]))
  return [mean(37, 38, 40, 41), mean(43, 44, 46, 47), landmarks[30], mean(48, 60), mean(54, 64)]
}
