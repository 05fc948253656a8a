import type { Pose } from '../../model/face'
import { frontality, sigmoid } from './curves'
import { illuminationScore } from './illumination'
import { blurScore, laplacianVariance } from './sharpness'

/** All in 0..1, higher is better. */
export interface Quality {
  blur_score: number
  illumination_score: number
  quality_score: number
}

export interface QualityInput {
  /** Luma 0..255 of the aligned crop, and the crop's width. */
  luma: Float32Array
  width: number
  /** Pixels of the original. */
  eyeDistance: number
  detectionScore: number
  pose: Pose | null
}

/** Parts that the single score is the weighted geometric mean of: one that is bad can't be made up for by others. */
const weights = { sharpness: 0.4, illumination: 0.2, pose: 0.2, size: 0.1, detection: 0.1 }

/** The quality of a face for recognition; each part is defined in docs/faces.md. */
export function qualityOf({ luma, width, eyeDistance, detectionScore, pose }: QualityInput): Quality {
  const parts = {
    sharpness: blurScore(laplacianVariance(luma, width)),
    illumination: illuminationScore(luma, width),
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
