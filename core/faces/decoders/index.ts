import type { DetectorDecoder } from '../detection'
import type { PackManifest, PackModel, PackRole } from '../packs/manifest'
import type { AgeGenderName, DetectorName, LandmarkerName } from '../packs/manifest-roles'
import type { Model } from '../inference/session'
import type { ModelSignature } from '../inference/signature'
import { arcfaceDifferences } from './arcface'
import { faceApiAgeGenderDifferences, faceApiExpressionDifferences } from './face-api'
import { hopenetDifferences } from './hopenet'
import { insightface2d106 } from './insightface-2d106'
import { insightface3d68 } from './insightface-3d68'
import { genderageDifferences } from './insightface-genderage'
import type { LandmarkDecoder } from './landmarker'
import { points68 } from './points-68'
import { scrfd } from './scrfd'
import { ultraface } from './ultraface'
import { yunet } from './yunet'

const detectors: Record<DetectorName, DetectorDecoder> = { ultraface, scrfd, yunet }
const landmarkers: Record<LandmarkerName, LandmarkDecoder> = {
  points_68: points68,
  insightface_3d68: insightface3d68,
  insightface_2d106: insightface2d106,
}

/** How the model in the role of the detector is fed and read. */
export const detectorOf = ({ definition }: Model) => detectors[definition.decoder as DetectorName]

/** How the model in the role of the landmarks is fed and read. */
export const landmarkDecoderOf = ({ definition }: Model) => landmarkers[definition.decoder as LandmarkerName]

/** What keeps a model from being read by its decoder: what that expects, and what the file has. Empty where it fits. */
export function differencesOf(
  role: PackRole,
  definition: PackModel,
  signature: ModelSignature,
  alignment: PackManifest['alignment'],
): string[] {
  if (role === 'detector') {
    const decoder = detectors[definition.decoder as DetectorName]
    return decoder.differences(signature, definition, alignment === 'detector')
  }
  if (role === 'landmarks')
    return landmarkers[definition.decoder as LandmarkerName].differences(signature, definition)
  if (role === 'recogniser') return arcfaceDifferences(signature, definition)
  if (role === 'pose') return hopenetDifferences(signature, definition)
  if (role === 'expression') return faceApiExpressionDifferences(signature, definition)
  return ageGenderDifferences[definition.decoder as AgeGenderName](signature, definition)
}

const ageGenderDifferences = {
  face_api_age_gender: faceApiAgeGenderDifferences,
  insightface_genderage: genderageDifferences,
}
