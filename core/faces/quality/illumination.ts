import { contrastOf, exposureOf, facePixels } from './luminance'

/**
 * Exposure times three fifths, contrast and evenness making up the rest, on the face's ellipse in the aligned crop;
 * 0..1. Exposure and contrast have the curves of OFIQ's luminance mean and variance (ISO/IEC 29794-5); evenness compares
 * the halves of the face.
 */
export function illuminationScore(luma: Float32Array, width: number): number {
  const height = luma.length / width
  const pixels = facePixels(width, height)
  const count = pixels.length
  let [sum, squares, left] = [0, 0, 0]
  for (const at of pixels) {
    const value = luma[at] / 255
    sum += value
    squares += value * value
    if ((at % width) + 0.5 < width / 2) left += value
  }
  const mean = sum / count
  const variance = Math.max(0, squares / count - mean * mean)
  const evenness = sum > 0 ? 1 - Math.abs(2 * left - sum) / sum : 0
  return Math.min(1, Math.max(0, exposureOf(mean) * (0.6 + 0.2 * contrastOf(variance) + 0.2 * evenness)))
}
