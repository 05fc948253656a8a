export type Point = readonly [number, number]

/** A contour of the 68-point scheme (iBUG 300-W): the points `from`..`to`, both included. */
export interface LandmarkRegion {
  name: string
  from: number
  to: number
  closed: boolean
}

/** The contours of the 68-point scheme. Left and right are the image's, as one looks at the photo. */
export const landmarkRegions: readonly LandmarkRegion[] = [
  { name: 'Jaw', from: 0, to: 16, closed: false },
  { name: 'Left brow', from: 17, to: 21, closed: false },
  { name: 'Right brow', from: 22, to: 26, closed: false },
  { name: 'Nose bridge', from: 27, to: 30, closed: false },
  { name: 'Nose', from: 31, to: 35, closed: false },
  { name: 'Left eye', from: 36, to: 41, closed: true },
  { name: 'Right eye', from: 42, to: 47, closed: true },
  { name: 'Outer lip', from: 48, to: 59, closed: true },
  { name: 'Inner lip', from: 60, to: 67, closed: true },
]

/** An SVG path along a region's points; empty where points are missing. */
export function regionPath(landmarks: readonly Point[], region: LandmarkRegion): string {
  const points = landmarks.slice(region.from, region.to + 1)
  if (points.length < region.to - region.from + 1) return ''
  return `M${points.map(([x, y]) => `${x} ${y}`).join('L')}${region.closed ? 'Z' : ''}`
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce<[number, number]>(([x, y], point) => [x + point[0], y + point[1]], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}

/** Centres of the two eyes, the image's left one first; null unless all 68 points are there. */
export function eyeCenters(landmarks: readonly Point[] | null): [Point, Point] | null {
  if (!landmarks || landmarks.length < 68) return null
  return [mean(landmarks.slice(36, 42)), mean(landmarks.slice(42, 48))]
}
