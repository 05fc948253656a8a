import type { Similarity } from './face-transform'
import { eyeCenters, type Point } from './landmark-regions'

/** Parts of the face whose landmarks are compared: indices of the 68-point scheme, both ends included. */
export const comparedRegions = [
  { name: 'Brows', from: 17, to: 26 },
  { name: 'Eyes', from: 36, to: 47 },
  { name: 'Nose', from: 27, to: 35 },
  { name: 'Mouth', from: 48, to: 67 },
  { name: 'Jaw', from: 0, to: 16 },
] as const
export type ComparedRegion = (typeof comparedRegions)[number]['name']

/** How far the points of a region lie apart once two faces lie on each other. Unit: the distance of the eyes' centres. */
export interface RegionDisplacement {
  name: ComparedRegion | 'All'
  mean: number
  greatest: number
  /** The mean vector from the first face's points to the second's; x to the right of the photo, y down. */
  shift: Point
}

export interface ShapeComparison {
  /** The five regions of {@link comparedRegions}. */
  regions: RegionDisplacement[]
  /** Over all 68 points. */
  all: RegionDisplacement
  /** The second face's points where they come to lie in the first photo, pixels of the first photo. */
  fitted: Point[]
}

/**
 * The similarity (scale, rotation, shift; no reflection) that brings points nearest to others, by least squares.
 * Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991, in
 * the closed form that two dimensions have.
 * @returns null for unequal numbers of points, fewer than two, or points that all lie on one spot.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | null {
  if (from.length !== to.length || from.length < 2) return null
  const [fromX, fromY] = centroid(from)
  const [toX, toY] = centroid(to)
  let along = 0
  let across = 0
  let square = 0
  for (const [i, [x, y]] of from.entries()) {
    const [dx, dy] = [x - fromX, y - fromY]
    const [ex, ey] = [to[i][0] - toX, to[i][1] - toY]
    along += dx * ex + dy * ey
    across += dx * ey - dy * ex
    square += dx * dx + dy * dy
  }
  if (!(square > 0)) return null
  const [a, b] = [along / square, across / square]
  return { a, b, tx: toX - (a * fromX - b * fromY), ty: toY - (b * fromX + a * fromY) }
}

/**
 * Two faces laid on each other by their 68 landmarks (Procrustes analysis: same centroid, same centroid size, turned
 * so that the squared distances are least), and how far each region then lies apart. Symmetric in all but the sign of
 * the shifts and the photo that `fitted` belongs to.
 * @returns null unless both have 68 points that span an area
 */
export function compareShapes(
  a: readonly Point[] | null,
  b: readonly Point[] | null,
): ShapeComparison | null {
  if (a?.length !== 68 || b?.length !== 68) return null
  const [shapeA, shapeB] = [toShape(a), toShape(b)]
  if (!shapeA || !shapeB) return null
  const turned = turnOnto(shapeB.points, shapeA.points)
  const eyes = (eyeDistance(shapeA.points) + eyeDistance(turned)) / 2
  if (!(eyes > 0)) return null
  const shifts = shapeA.points.map(([x, y], i): Point => [
    (turned[i][0] - x) / eyes,
    (turned[i][1] - y) / eyes,
  ])
  const [x, y] = shapeA.centroid
  return {
    regions: comparedRegions.map(({ name, from, to }) => displacement(name, shifts.slice(from, to + 1))),
    all: displacement('All', shifts),
    fitted: turned.map((point): Point => [x + point[0] * shapeA.size, y + point[1] * shapeA.size]),
  }
}

interface Shape {
  centroid: Point
  /** Root of the summed squared distances from the centroid, pixels. */
  size: number
  /** Around the centroid, of size 1. */
  points: Point[]
}

function toShape(points: readonly Point[]): Shape | null {
  const [x, y] = centroid(points)
  const size = Math.sqrt(points.reduce((sum, point) => sum + (point[0] - x) ** 2 + (point[1] - y) ** 2, 0))
  if (!(size > 0)) return null
  return {
    centroid: [x, y],
    size,
    points: points.map((point): Point => [(point[0] - x) / size, (point[1] - y) / size]),
  }
}

/** Turns a centred shape about its centroid so that it lies nearest to another; its size stays. */
function turnOnto(points: readonly Point[], target: readonly Point[]): Point[] {
  const fit = fitSimilarity(points, target)
  const length = fit ? Math.hypot(fit.a, fit.b) : 0
  if (!fit || length === 0) return [...points]
  const [cos, sin] = [fit.a / length, fit.b / length]
  return points.map(([x, y]): Point => [cos * x - sin * y, sin * x + cos * y])
}

function displacement(name: RegionDisplacement['name'], shifts: readonly Point[]): RegionDisplacement {
  const lengths = shifts.map(([x, y]) => Math.hypot(x, y))
  return {
    name,
    mean: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
    greatest: Math.max(...lengths),
    shift: centroid(shifts),
  }
}

function centroid(points: readonly Point[]): Point {
  const sum = points.reduce<[number, number]>(([x, y], point) => [x + point[0], y + point[1]], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}

function eyeDistance(points: readonly Point[]): number {
  const eyes = eyeCenters(points)
  return eyes ? Math.hypot(eyes[1][0] - eyes[0][0], eyes[1][1] - eyes[0][1]) : 0
}
