import { randomBytes } from 'node:crypto'
import type { ImageAnalysis } from '../../core/model/face'
import { qualityComponentNames, type QualityComponents } from '../../core/model/quality'
import { randomDirection, randomFace } from './people'

/** An analysis of an invented photo with one face; each has a hash of its own. */
export function inventedAnalysis(random: () => number): ImageAnalysis {
  const face = randomFace(random, randomDirection(random))
  return {
    ...{ width: 640, height: 480, embedding_model: 'test/model', timings: {} },
    image_hash: randomBytes(16).toString('hex'),
    thumbnail: new Uint8Array([1, 2, 3]),
    faces: [
      {
        ...{ age: 30, gender: 'female', quality_score: 0.9, blur_score: 0.9, illumination_score: 0.9 },
        ...{ landmarks_68: null, pose: { yaw: 0, pitch: 0, roll: 0 }, symmetry_score: 0.9 },
        ...{ expression: 'happy', expression_confidence: 0.9, emotion_scores: null, detection_score: 0.9 },
        geometry_ratios: face.geometry_ratios as Record<string, number>,
        quality_components: Object.fromEntries(
          qualityComponentNames.map((name) => [name, 80]),
        ) as QualityComponents,
        skin_tone_lab: [60, 14, 17],
        box: { x: 1, y: 2, width: 3, height: 4 },
        embedding: Array.from(face.embedding ?? []),
      },
    ],
  }
}
