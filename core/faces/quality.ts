import type { Pose } from '../model/face'
import { lumaOf, type Patch } from './raster'

/** All in 0..1, higher is better. */
export interface Quality {
  blur_score: number
  illumination_score: number
  quality_score: number
}

export interface QualityInput {
  /** The aligned 112×112 crop. */
  aligned: Patch
  /** Pixels of the original. */
  eyeDistance: number
  detectionScore: number
  pose: Pose | null
}

/** The variance of the Laplacian at which a crop counts as half sharp. */
const halfSharp = 60

/** Parts that the single score is the weighted geometric mean of: one that is bad can't be made up for by others. */
const weights = { sharpness: 0.4, illumination: 0.2, pose: 0.2, size: 0.1, detection: 0.1 }

/** The quality of a face for recognition; each part is defined in docs/faces.md. */
export function qualityOf({ aligned, eyeDistance, detectionScore, pose }: QualityInput): Quality {
  const luma = lumaOf(aligned)
  const parts = {
    sharpness: blurScore(laplacianVariance(luma, aligned.width)),
    illumination: illuminationScore(luma, aligned.width),
    pose: pose ? frontality(pose.yaw) * frontality(pose.pitch) : 1,
    size: sigmoid(eyeDistance, 24, 6),
    detection: detectionScore,
  }
  let logarithm = 0
  for (const [name, weight] of Object.entries(weights)) {
    logarithm += weight * Math.log(Math.max(1e-9, parts[name as keyof typeof weights]))
  }
  return {
    blur_score: parts.sharpness,
    illumination_score: parts.illumination,
    quality_score: Math.min(1, Math.exp(logarithm)),
  }
}

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

/**
 * Exposure times three fifths, contrast and evenness making up the rest. Exposure and contrast have the curves of
 * OFIQ's luminance mean and variance (ISO/IEC 29794-5); evenness compares the halves of the face.
 */
export function illuminationScore(luma: Float32Array, width: number): number {
  const height = luma.length / width
  let [sum, squares, left, count] = [0, 0, 0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // The ellipse that holds the face and little of hair and background.
      const [dx, dy] = [(x + 0.5 - width / 2) / (width * 0.36), (y + 0.5 - height * 0.6) / (height * 0.4)]
      if (dx * dx + dy * dy > 1) continue
      const value = luma[y * width + x] / 255
      sum += value
      squares += value * value
      count++
      if (dx < 0) left += value
    }
  }
  const mean = sum / count
  const variance = Math.max(0, squares / count - mean * mean)
  const exposure = sigmoid(mean, 0.2, 0.05) * (1 - sigmoid(mean, 0.8, 0.05))
  const contrast = Math.sin((Math.PI * 60 * variance) / (60 * variance + 1))
  const evenness = sum > 0 ? 1 - Math.abs(2 * left - sum) / sum : 0
  return Math.min(1, Math.max(0, exposure * (0.6 + 0.2 * contrast + 0.2 * evenness)))
}

/** `cos²`, 0 from a right angle on. */
const frontality = (degrees: number) => Math.max(0, Math.cos((degrees * Math.PI) / 180)) ** 2

const sigmoid = (value: number, middle: number, width: number) => 1 / (1 + Math.exp((middle - value) / width))
