import type { Point } from './landmark-regions'

/** Indices of the three corners. */
export type Triangle = readonly [number, number, number]

interface Circle {
  x: number
  y: number
  square: number
}

/**
 * The Delaunay triangulation of points: no point lies within the circle around a triangle, so that triangles are as
 * little thin as can be. By insertion (Bowyer 1981, Watson 1981); quadratic, meant for a face's 68 points.
 * @returns nothing where fewer than three points are there or all lie on a line
 */
export function triangulate(points: readonly Point[]): Triangle[] {
  const count = points.length
  if (count < 3) return []
  const all = [...points, ...corners(points)]
  let open: { corners: Triangle; circle: Circle }[] = withCircle([count, count + 1, count + 2], all)
  for (let index = 0; index < count; index += 1) {
    const [x, y] = points[index]
    const isHit = ({ circle }: { circle: Circle }) =>
      (x - circle.x) ** 2 + (y - circle.y) ** 2 < circle.square * (1 - 1e-12)
    const edges = outline(open.filter(isHit).map((triangle) => triangle.corners))
    open = [
      ...open.filter((triangle) => !isHit(triangle)),
      ...edges.flatMap(([from, to]) => withCircle([from, to, index], all)),
    ]
  }
  return open
    .map((triangle) => triangle.corners)
    .filter((triangle) => triangle.every((corner) => corner < count))
}

/** The edges of a mesh, each once. */
export function meshEdges(triangles: readonly Triangle[]): [number, number][] {
  const edges = new Map<string, [number, number]>()
  for (const [a, b, c] of triangles) {
    for (const [from, to] of [
      [a, b],
      [b, c],
      [c, a],
    ]) {
      const edge: [number, number] = [Math.min(from, to), Math.max(from, to)]
      edges.set(edge.join(), edge)
    }
  }
  return [...edges.values()]
}

/** A triangle that holds all points with room to spare. */
function corners(points: readonly Point[]): Point[] {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const span = Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1e-9)
  return [
    [left - 50 * span, top - 10 * span],
    [left + 51 * span, top - 10 * span],
    [left + span / 2, top + 60 * span],
  ]
}

/** The triangle with its circle; nothing where it has no area. */
function withCircle(triangle: Triangle, points: readonly Point[]): { corners: Triangle; circle: Circle }[] {
  const [[ax, ay], [bx, by], [cx, cy]] = triangle.map((index) => points[index])
  const [dx, dy, ex, ey] = [bx - ax, by - ay, cx - ax, cy - ay]
  const area = 2 * (dx * ey - dy * ex)
  if (Math.abs(area) < 1e-12) return []
  const [d, e] = [dx * dx + dy * dy, ex * ex + ey * ey]
  const [x, y] = [(ey * d - dy * e) / area, (dx * e - ex * d) / area]
  return [{ corners: triangle, circle: { x: ax + x, y: ay + y, square: x * x + y * y } }]
}

/** Edges that only one of the triangles has. */
function outline(triangles: readonly Triangle[]): [number, number][] {
  const seen = new Map<string, { edge: [number, number]; times: number }>()
  for (const [a, b, c] of triangles) {
    const edges: [number, number][] = [
      [a, b],
      [b, c],
      [c, a],
    ]
    for (const edge of edges) {
      const key = edge.toSorted((one, other) => one - other).join()
      seen.set(key, { edge, times: (seen.get(key)?.times ?? 0) + 1 })
    }
  }
  return [...seen.values()].filter(({ times }) => times === 1).map(({ edge }) => edge)
}
