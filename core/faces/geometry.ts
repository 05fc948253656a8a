import type { GeometryRatios } from '../model/face'
import { similarity } from './align'
import { applyAffine, distance, meanPoint } from './affine'
import type { Landmarks } from './face-points'

/** Index of the point that each of the 68 becomes in a mirror. */
export const mirroredIndex: readonly number[] = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17],
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31],
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55],
  ...[64, 63, 62, 61, 60, 67, 66, 65],
]

/** A mean deviation of this part of the distance between the eyes lowers the symmetry to 1/e. */
const symmetryDecay = 0.2

/**
 * The proportions of a face, each a quotient of distances between its landmarks: no scale and no roll changes them.
 * Defined one by one in docs/faces.md.
 */
export function geometryRatios(points: Landmarks): GeometryRatios {
  const at = (...indices: number[]) => meanPoint(indices.map((index) => points[index]))
  const between = (from: number, to: number) => distance(points[from], points[to])
  const leftEye = at(36, 37, 38, 39, 40, 41)
  const rightEye = at(42, 43, 44, 45, 46, 47)
  const brows = at(21, 22)
  const eyes = distance(leftEye, rightEye)
  const faceWidth = between(1, 15)
  const faceHeight = distance(brows, points[8])
  const eyeWidth = (between(36, 39) + between(42, 45)) / 2
  const eyeHeight = (between(37, 41) + between(38, 40) + between(43, 47) + between(44, 46)) / 4
  const browToEye = distance(at(17, 18, 19, 20, 21), leftEye) + distance(at(22, 23, 24, 25, 26), rightEye)
  return {
    face_width_height_ratio: faceWidth / distance(brows, points[51]),
    eye_spacing: eyes / faceWidth,
    eye_width: eyeWidth / eyes,
    eye_height: eyeHeight / eyeWidth,
    eyebrow_height: browToEye / 2 / eyes,
    nose_length: between(27, 33) / faceHeight,
    nose_width: between(31, 35) / eyes,
    mouth_width: between(48, 54) / eyes,
    lip_height: between(51, 57) / between(48, 54),
    chin_height: between(57, 8) / faceHeight,
    jaw_width: between(4, 12) / faceWidth,
    upper_face_height: distance(brows, points[33]) / faceHeight,
  }
}

/**
 * How alike a face is to its own mirror image, 0..1: `exp(−d / 0.2)`, where d is the mean distance between the
 * landmarks and the mirrored ones, laid on each other with the least squares of error, in distances between the eyes.
 * A head that is turned counts as less symmetric.
 */
export function symmetryOf(points: Landmarks): number {
  const mirrored = mirroredIndex.map((index) => [-points[index][0], points[index][1]] as const)
  const fit = similarity(mirrored, points)
  const deviations = mirrored.map((point, index) => distance(applyAffine(fit, point), points[index]))
  const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / deviations.length
  const leftEye = meanPoint(points.slice(36, 42))
  const rightEye = meanPoint(points.slice(42, 48))
  return Math.exp(-mean / distance(leftEye, rightEye) / symmetryDecay)
}
