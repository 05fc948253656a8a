import { invert, meanPoint, type Affine, type Point } from './affine'
import type { Patch, Pyramid } from './images/raster'
import { cutPatch } from './images/sample'

/** Side of the aligned crop. */
export const alignedSide = 112

/** Where eyes, nose tip and mouth corners lie in the crop that ArcFace recognisers are trained on (InsightFace). */
export const arcfaceTemplate: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
]

/**
 * The similarity transform (turn, one scale, shift) that takes `from` to `to` with the least squares of error.
 * Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 13 (1991); in the
 * plane, without mirroring, its solution is the complex quotient below.
 * @throws RangeError where all points of `from` are one
 */
export function similarity(from: readonly Point[], to: readonly Point[]): Affine {
  const [fromX, fromY] = meanPoint(from)
  const [toX, toY] = meanPoint(to)
  let [real, imaginary, spread] = [0, 0, 0]
  for (const [index, [x, y]] of from.entries()) {
    const [dx, dy] = [x - fromX, y - fromY]
    const [u, v] = [to[index][0] - toX, to[index][1] - toY]
    real += dx * u + dy * v
    imaginary += dx * v - dy * u
    spread += dx * dx + dy * dy
  }
  if (!(spread > 1e-12)) throw new RangeError('The points coincide; they fix no similarity transform.')
  const [a, b] = [real / spread, imaginary / spread]
  return [a, -b, toX - a * fromX + b * fromY, b, a, toY - b * fromX - a * fromY]
}

/**
 * The face turned, scaled and moved so that its five points lie on the ArcFace template.
 * @param fivePoints the eyes (the image's left one first), nose tip, mouth corners; pixels of the base
 * @returns 112×112, with the map from the crop's pixels to the base's
 */
export function alignFace(pyramid: Pyramid, fivePoints: readonly Point[]): { patch: Patch; toBase: Affine } {
  const toBase = invert(similarity(fivePoints, arcfaceTemplate))
  return { patch: cutPatch(pyramid, toBase, alignedSide, alignedSide), toBase }
}
