/** A point in pixels; (0, 0) is the centre of the first pixel. */
export type Point = readonly [x: number, y: number]

/** `x' = a·x + b·y + c`, `y' = d·x + e·y + f`. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

export const identity: Affine = [1, 0, 0, 0, 1, 0]

export function applyAffine([a, b, c, d, e, f]: Affine, [x, y]: Point): Point {
  return [a * x + b * y + c, d * x + e * y + f]
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer
  const [A, B, C, D, E, F] = inner
  return [a * A + b * D, a * B + b * E, a * C + b * F + c, d * A + e * D, d * B + e * E, d * C + e * F + f]
}

/** @throws RangeError where the map has no inverse */
export function invert([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d
  if (!(Math.abs(determinant) > 1e-12)) throw new RangeError('The affine map has no inverse.')
  const [A, B, D, E] = [e / determinant, -b / determinant, -d / determinant, a / determinant]
  return [A, B, -(A * c + B * f), D, E, -(D * c + E * f)]
}

/** Length that a unit length has after the map, the mean of all directions. */
export function scaleOf([a, b, , d, e]: Affine): number {
  return Math.sqrt(Math.abs(a * e - b * d))
}

/** Turns the plane about `centre` by `degrees`, clockwise on a screen. */
export function rotationAbout([x, y]: Point, degrees: number): Affine {
  const cos = Math.cos((degrees * Math.PI) / 180)
  const sin = Math.sin((degrees * Math.PI) / 180)
  return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y]
}

export const distance = ([x, y]: Point, [u, v]: Point) => Math.hypot(u - x, v - y)

export function meanPoint(points: readonly Point[]): Point {
  let [x, y] = [0, 0]
  for (const point of points) {
    x += point[0] / points.length
    y += point[1] / points.length
  }
  return [x, y]
}

/** Degrees from the x axis to a direction, clockwise on a screen, in (−180, 180]. */
export const degreesOf = (x: number, y: number) => (Math.atan2(y, x) * 180) / Math.PI

/** Degrees that a similarity transform turns by, clockwise on a screen. */
export const turnOf = ([a, , , d]: Affine) => degreesOf(a, d)

/** The same angle in (−180, 180]. */
export const withinHalfTurn = (degrees: number) => degrees - 360 * Math.ceil(degrees / 360 - 0.5)
