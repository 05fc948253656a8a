/** The variance of the Laplacian at which a crop counts as half sharp. */
const halfSharp = 60

/** `v / (v + 60)`: 0 for a flat crop, ½ at a variance of 60, towards 1 for a sharp one. */
export const blurScore = (variance: number) => variance / (variance + halfSharp)

/**
 * Variance of the Laplacian (kernel 0 1 0 / 1 −4 1 / 0 1 0) within the crop, on luma 0..255: Pech-Pacheco et al.,
 * "Diatom autofocusing in brightfield microscopy" (2000).
 */
export function laplacianVariance(luma: Float32Array, width: number): number {
  const height = luma.length / width
  let [sum, squares, count] = [0, 0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const value = luma[at - 1] + luma[at + 1] + luma[at - width] + luma[at + width] - 4 * luma[at]
      sum += value
      squares += value * value
      count++
    }
  }
  return squares / count - (sum / count) ** 2
}
