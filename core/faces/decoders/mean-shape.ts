import type { Pose } from '../../model/face'

export type Point3 = readonly [x: number, y: number, z: number]

/**
 * The mean of 68 landmarks in space, looking straight ahead: x to the right, y down, z towards the camera. From the
 * insightface Python package 0.7.3 (`data/objects/meanshape_68.pkl`; MIT, © Jiankang Deng and Jia Guo), rounded to four
 * places, a ten-thousandth of the face's height.
 */
export const meanShape: readonly Point3[] = [
  '-0.6267 -0.2927 -0.314, -0.5997 -0.1225 -0.2924, -0.571 0.0512 -0.2549, -0.5339 0.2128 -0.1866',
  '-0.4797 0.3506 -0.0477, -0.3958 0.4465 0.0733, -0.2988 0.5107 0.1798, -0.1884 0.5544 0.3167',
  '0.0015 0.5844 0.3884, 0.191 0.5517 0.3143, 0.3269 0.4896 0.1684, 0.44 0.4024 0.036',
  '0.5069 0.3116 -0.0948, 0.5409 0.2045 -0.2027, 0.5741 0.0457 -0.2842, 0.5991 -0.1459 -0.2965',
  '0.6275 -0.3077 -0.302, -0.4747 -0.4376 0.2365, -0.4167 -0.4718 0.316, -0.3475 -0.4841 0.3661',
  '-0.2606 -0.4764 0.3992, -0.1671 -0.4578 0.4166, 0.1232 -0.4587 0.4251, 0.2064 -0.4804 0.4158',
  '0.2867 -0.4901 0.392, 0.3624 -0.4769 0.3528, 0.4256 -0.4501 0.2953, -0.0076 -0.3231 0.4619',
  '-0.0079 -0.2557 0.5105, -0.0077 -0.1992 0.5525, -0.0073 -0.1426 0.5987, -0.145 0.0331 0.4197',
  '-0.0843 0.0313 0.4732, -0.0055 0.0398 0.5147, 0.0635 0.0461 0.4792, 0.134 0.022 0.4191',
  '-0.3868 -0.3134 0.2596, -0.3167 -0.3501 0.3285, -0.2341 -0.3549 0.3335, -0.1552 -0.3152 0.3143',
  '-0.2309 -0.2843 0.3256, -0.3175 -0.2852 0.3099, 0.139 -0.3098 0.3183, 0.2195 -0.3532 0.338',
  '0.3017 -0.3497 0.3331, 0.3767 -0.3135 0.2632, 0.2967 -0.2871 0.322, 0.2146 -0.2905 0.3312',
  '-0.2014 0.2374 0.3795, -0.1373 0.1858 0.4653, -0.0765 0.1512 0.5036, -0.0025 0.1687 0.5164',
  '0.0644 0.1509 0.5045, 0.1265 0.1795 0.4686, 0.2182 0.239 0.3757, 0.1329 0.2839 0.4401',
  '0.068 0.2974 0.4774, -0.0005 0.3 0.4871, -0.0693 0.297 0.4805, -0.1425 0.2743 0.4381',
  '-0.1781 0.2306 0.3964, -0.074 0.2147 0.4653, -0.0026 0.2141 0.4832, 0.0598 0.2108 0.4722',
  '0.1669 0.2313 0.3968, 0.0598 0.2238 0.4664, -0.0014 0.2258 0.4752, -0.0752 0.2307 0.4671',
].flatMap((row) => row.split(', ').map((point) => point.split(' ').map(Number) as unknown as Point3))

/**
 * The pose of 68 points in space: the affine map with the least squares of error from the mean shape, whose first two
 * rows, made unit vectors, are those of the rotation; its angles after Tait and Bryan (insightface utils/transform.py:
 * estimate_affine_matrix_3d23d, P2sRt, matrix2angle). Degrees with the signs of {@link Pose}.
 * @param shape x to the right, y down, z towards the camera, all in the same unit
 */
export function poseOfShape(shape: readonly Point3[]): Pose {
  const right = unit(linearFit(shape.map(([x]) => x)))
  const down = unit(linearFit(shape.map(([, y]) => y)))
  const [x, y, z] = cross(right, down)
  const degrees = 180 / Math.PI
  return {
    // InsightFace counts a turn to the image's right as positive.
    yaw: -Math.atan2(-x, Math.hypot(right[0], down[0])) * degrees,
    pitch: Math.atan2(y, z) * degrees,
    roll: Math.atan2(down[0], right[0]) * degrees,
  }
}

/** The three factors by which the mean shape's coordinates give `values` best, beside a constant. */
function linearFit(values: number[]): Point3 {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let sums: Point3 = [0, 0, 0]
  for (const [index, point] of centred.entries()) {
    const value = values[index] - mean
    sums = [sums[0] + point[0] * value, sums[1] + point[1] * value, sums[2] + point[2] * value]
  }
  const [a, b, c] = covariance
  // Cramer's rule; the matrix is symmetric and fixed.
  const determinant = dot(a, cross(b, c))
  return [
    dot(sums, cross(b, c)) / determinant,
    dot(a, cross(sums, c)) / determinant,
    dot(a, cross(b, sums)) / determinant,
  ]
}

const dot = (a: Point3, b: Point3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const cross = (a: Point3, b: Point3): Point3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]
const unit = (a: Point3): Point3 => {
  const length = Math.hypot(...a) || 1
  return [a[0] / length, a[1] / length, a[2] / length]
}
const axes = [0, 1, 2] as const
const centre = axes.map((axis) => meanShape.reduce((sum, point) => sum + point[axis], 0) / meanShape.length)
const centred = meanShape.map((point) => axes.map((axis) => point[axis] - centre[axis]) as unknown as Point3)
const covariance = axes.map((row) =>
  axes.map((column) => centred.reduce((sum, point) => sum + point[row] * point[column], 0)),
) as unknown as [Point3, Point3, Point3]
