import { distance, meanPoint, type Point } from '../affine'
import { component, sigmoid } from './curves'

/** From the middle of the eyes to the chin: the measure of length in ISO/IEC 29794-5, called T. */
export function eyesToChin(points: readonly Point[]): number {
  return distance(meanPoint(points.slice(36, 48)), points[8])
}

/** The widest of several gaps between points. */
const widest = (points: readonly Point[], gaps: readonly (readonly [number, number])[]) =>
  Math.max(...gaps.map(([upper, lower]) => distance(points[upper], points[lower])))

/** `σ(x; .02, .01)`, x how far the less open eye is open, in T (OFIQ, EyesOpen). */
export function eyesOpen(points: readonly Point[]): number {
  const left = widest(points, [
    [37, 41],
    [38, 40],
  ])
  const right = widest(points, [
    [43, 47],
    [44, 46],
  ])
  return component(sigmoid(Math.min(left, right) / eyesToChin(points), 0.02, 0.01))
}

/** `1 − σ(x; .2, .06)`, x how far the inner lips are apart, in T (OFIQ, MouthClosed). */
export function mouthClosed(points: readonly Point[]): number {
  const open = widest(points, [
    [61, 67],
    [62, 66],
    [63, 65],
  ])
  return component(1 - sigmoid(open / eyesToChin(points), 0.2, 0.06))
}
