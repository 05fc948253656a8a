import { distance, meanPoint, type Point } from '../affine'
import { component, sigmoid } from './curves'
import { eyesToChin } from './features'

/** A face in its photo, the photo turned by quarters so that the head stands as upright as quarters allow. */
export interface Framing {
  points: readonly Point[]
  width: number
  height: number
}

/** @param points in pixels of the photo, a pixel's centre at its number plus a half */
export function uprightFraming(points: readonly Point[], width: number, height: number): Framing {
  const [left, right] = [eyeCentre(points, 36), eyeCentre(points, 42)]
  const quarters = Math.round(Math.atan2(right[1] - left[1], right[0] - left[0]) / (Math.PI / 2))
  switch (((quarters % 4) + 4) % 4) {
    case 1:
      return { points: points.map(([x, y]) => [y, width - x]), width: height, height: width }
    case 2:
      return { points: points.map(([x, y]) => [width - x, height - y]), width, height }
    case 3:
      return { points: points.map(([x, y]) => [height - y, x]), width: height, height: width }
    default:
      return { points, width, height }
  }
}

const eyeCentre = (points: readonly Point[], from: number) => meanPoint(points.slice(from, from + 6))

/** `σ(d; 70, 20)`, d the pixels between the eyes, set right for the turn of the head (OFIQ, InterEyeDistance). */
export function interEyeDistance(eyeDistance: number, yaw: number): number {
  // A head in profile shows no distance that could be set right.
  const shortened = Math.max(0.25, Math.cos((yaw * Math.PI) / 180))
  return component(sigmoid(eyeDistance / shortened, 70, 20))
}

/** `2 · (1 − σ(|T / height − .45|; 0, .05))`, T from the eyes to the chin (OFIQ, HeadSize). */
export function headSize({ points, height }: Framing): number {
  return component(2 * (1 - sigmoid(Math.abs(eyesToChin(points) / height - 0.45), 0, 0.05)))
}

/**
 * The worst of four margins (OFIQ, crop of the face image and margins): from the eye to the border at its side, in
 * distances between the eyes, `σ(x; .9, .1)`; from the eyes to the upper and lower border, in T, `σ(x; 1.4, .1)` and
 * `σ(x; 1.8, .1)`.
 */
export function cropMargins({ points, width, height }: Framing): number {
  const [left, right] = [eyeCentre(points, 36), eyeCentre(points, 42)]
  const between = distance(left, right)
  const [, eyes] = meanPoint([left, right])
  const toChin = eyesToChin(points)
  return component(
    Math.min(
      sigmoid(left[0] / between, 0.9, 0.1),
      sigmoid((width - right[0]) / between, 0.9, 0.1),
      sigmoid(eyes / toChin, 1.4, 0.1),
      sigmoid((height - eyes) / toChin, 1.8, 0.1),
    ),
  )
}

/** `1 − other / own`, the areas of the face's box and of the largest other one (OFIQ, SingleFacePresent). */
export const singleFace = (ownArea: number, largestOther: number) =>
  component(1 - largestOther / Math.max(1e-9, ownArea))
