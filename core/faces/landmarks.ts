import {
  applyAffine,
  compose,
  distance,
  meanPoint,
  rotationAbout,
  turnOf,
  withinHalfTurn,
  type Affine,
  type Point,
} from './affine'
import { landmarkDecoderOf } from './decoders'
import type { Detection } from './detection'
import { centreOf, eyeRoll, fivePointsOf, squareAbout, type LandmarkResult } from './face-points'
import type { Pyramid } from './images/raster'
import type { Model } from './inference/session'

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
  const { height } = detection.box
  const size = landmarkDecoderOf(model).squareSide(detection.box)
  const { points: first, pose: firstPose } = await look(model, pyramid, (side) =>
    compose(detection.frame.toBase, squareAbout(centreOf(detection), size, side)),
  )
  const roll = eyeRoll(first)
  const radians = (roll * Math.PI) / 180
  const [x, y] = meanPoint(first)
  const shift = meanBelowCentre * height
  const centre: Point = [x + shift * Math.sin(radians), y - shift * Math.cos(radians)]
  const turn = rotationAbout(centre, roll)
  const { points: second, pose: secondPose } = await look(model, pyramid, (side) =>
    compose(turn, squareAbout(centre, size, side)),
  )
  const apart = second.reduce((sum, point, index) => sum + distance(point, first[index]), 0) / second.length
  const [leftEye, rightEye] = fivePointsOf(first)
  const frameTurn = turnOf(detection.frame.toBase)
  const leans = Math.abs(withinHalfTurn(roll - frameTurn)) > smallLean
  return {
    points: leans ? second : first,
    pose: leans ? secondPose : firstPose,
    turn: leans ? eyeRoll(second) : frameTurn,
    disagreement: apart / Math.max(1e-6, distance(leftEye, rightEye)),
  }
}

/** One run of the model, which answers in places of the square that it is shown. */
async function look(model: Model, pyramid: Pyramid, cropOf: (side: number) => Affine) {
  const { width: side } = model.definition.input
  const toBase = cropOf(side)
  const outputs = await model.look(pyramid, toBase)
  const { points, pose } = landmarkDecoderOf(model).read(outputs, side)
  return {
    points: points.map((point) => applyAffine(toBase, point)),
    pose: pose && { ...pose, roll: withinHalfTurn(pose.roll + turnOf(toBase)) },
  }
}
