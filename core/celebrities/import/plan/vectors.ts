/** Sums of products over 512 numbers: what comparing faces is made of. */

/** The inner product; of unit vectors, the cosine. */
export function dot(a: Float32Array, b: Float32Array): number {
  let [s, t, u, v] = [0, 0, 0, 0]
  for (let i = 0; i < a.length; i += 4) {
    s += a[i] * b[i]
    t += a[i + 1] * b[i + 1]
    u += a[i + 2] * b[i + 2]
    v += a[i + 3] * b[i + 3]
  }
  return s + t + (u + v)
}

export const sumOf = (a: Float32Array, b: Float32Array): Float32Array => a.map((element, i) => element + b[i])

/** Of unit length; zeros where there is no direction. */
export function normalized(a: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(a, a))
  return norm > 0 ? a.map((element) => element / norm) : a.slice()
}
