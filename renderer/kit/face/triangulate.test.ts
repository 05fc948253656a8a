import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { face } from '../../../tests/factories/landmarks'
import type { Point } from './landmark-regions'
import { meshEdges, type Triangle, triangulate } from './triangulate'

function area([a, b, c]: Triangle, points: readonly Point[]): number {
  const [[ax, ay], [bx, by], [cx, cy]] = [points[a], points[b], points[c]]
  return Math.abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / 2
}

/** Twice the area of the convex hull, by Andrew's monotone chain and the shoelace formula. */
function hullArea(points: readonly Point[]): number {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = []
    for (const point of ordered) {
      while (chain.length > 1) {
        const [[ax, ay], [bx, by]] = chain.slice(-2)
        if ((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax) > 0) break
        chain.pop()
      }
      chain.push(point)
    }
    return chain.slice(0, -1)
  }
  const hull = [...half(sorted), ...half(sorted.toReversed())]
  return (
    Math.abs(
      hull.reduce((sum, [x, y], i) => {
        const [nextX, nextY] = hull[(i + 1) % hull.length]
        return sum + x * nextY - nextX * y
      }, 0),
    ) / 2
  )
}

/** Points of a grid, each moved off its lines: never two on one spot, hardly ever three on a line. */
const place = fc.integer({ min: 0, max: 20 })
const clouds = fc
  .uniqueArray(fc.tuple(place, place), { minLength: 3, maxLength: 40, selector: (cell) => cell.join() })
  .map((cells) =>
    cells.map(([x, y]): Point => [10 * x + Math.sin(7 * x + 3 * y), 10 * y + Math.cos(5 * x - 11 * y)]),
  )

describe('triangulate', () => {
  it('covers the hull of the points once', () => {
    fc.assert(
      fc.property(clouds, (points) => {
        const hull = hullArea(points)
        fc.pre(hull > 100)
        const covered = triangulate(points).reduce((sum, triangle) => sum + area(triangle, points), 0)
        // A far corner's circle is no half plane: slivers along the rim may be left out.
        expect(covered).toBeLessThanOrEqual(hull * (1 + 1e-9))
        expect(covered).toBeGreaterThan(hull * 0.9)
      }),
    )
  })

  it('uses every point of a face and keeps triangles fat: none holds another point in its circle', () => {
    // The drawn face has rows of points on one line; real ones never do.
    const points = face().map(([x, y], i): Point => [x + Math.sin(i) / 3, y + Math.cos(3 * i) / 3])
    const triangles = triangulate(points)
    expect(new Set(triangles.flat()).size).toBe(68)
    for (const triangle of triangles) {
      const [a, b, c] = triangle.map((index) => points[index])
      const side = (p: Point, q: Point) => Math.hypot(p[0] - q[0], p[1] - q[1])
      const radius = (side(a, b) * side(b, c) * side(c, a)) / (4 * area(triangle, points))
      const d = 2 * (a[0] * (b[1] - c[1]) + b[0] * (c[1] - a[1]) + c[0] * (a[1] - b[1]))
      const [sa, sb, sc] = [a, b, c].map(([x, y]) => x * x + y * y)
      const center: Point = [
        (sa * (b[1] - c[1]) + sb * (c[1] - a[1]) + sc * (a[1] - b[1])) / d,
        (sa * (c[0] - b[0]) + sb * (a[0] - c[0]) + sc * (b[0] - a[0])) / d,
      ]
      const within = points.filter((point) => side(point, center) < radius * (1 - 1e-9))
      expect(within).toEqual([])
    }
  })

  it('makes nothing of what has no area', () => {
    expect(
      triangulate([
        [0, 0],
        [1, 1],
      ]),
    ).toEqual([])
    expect(
      triangulate([
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
    ).toEqual([])
  })
})

describe('meshEdges', () => {
  it('names an edge that two triangles share once', () => {
    expect(
      meshEdges([
        [0, 1, 2],
        [2, 1, 3],
      ]),
    ).toHaveLength(5)
  })
})
