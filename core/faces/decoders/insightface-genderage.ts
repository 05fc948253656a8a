import type { DetectedGender } from '../../model/face'
import { compose } from '../affine'
import type { Detection } from '../detection'
import { centreOf, squareAbout } from '../face-points'
import type { PackModel } from '../packs/manifest'
import type { Pyramid } from '../images/raster'
import type { Model } from '../inference/session'
import { inputDifferences, outputDifferences, type ModelSignature } from '../inference/signature'
import { insightfaceSquare, isSquare, outputOf } from './landmarker'

/**
 * InsightFace genderage (model_zoo/attribute.py). Input: the box's longer side × 1.5 as a square about its centre,
 * 96×96, RGB, 0..255. One output of three values: female, male (the greater counts), and the age in hundreds of years.
 */
export async function findAgeAndGenderInBox(
  model: Model,
  pyramid: Pyramid,
  detection: Detection,
): Promise<{ age: number; gender: DetectedGender }> {
  const { width: side } = model.definition.input
  const square = squareAbout(centreOf(detection), insightfaceSquare(detection.box), side)
  const toBase = compose(detection.frame.toBase, square)
  const outputs = await model.look(pyramid, toBase)
  const [female, male, hundreds] = outputOf(outputs, 3)
  return {
    age: Math.min(120, Math.max(0, Math.round(hundreds * 100))),
    gender: male > female ? 'male' : 'female',
  }
}

export const genderageDifferences = (signature: ModelSignature, definition: PackModel): string[] => [
  ...isSquare(definition),
  ...inputDifferences(signature, [1, 3, definition.input.height, definition.input.width]),
  ...outputDifferences(signature, [{ shape: [1, 3] }]),
]
