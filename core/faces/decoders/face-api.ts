import { expressions, type DetectedGender, type Expression } from '../../model/face'
import { applyAffine, compose, invert, rotationAbout, type Affine } from '../affine'
import type { LandmarkResult } from '../face-points'
import type { PackModel } from '../packs/manifest'
import type { Patch, Pyramid } from '../images/raster'
import { cutPatch } from '../images/sample'
import type { Model } from '../inference/session'
import { inputDifferences, outputDifferences, type ModelSignature } from '../inference/signature'
import { isSquare } from './landmarker'

/**
 * The crop that age, gender and expression are read from: the bounds of the 68 points with a tenth of them on every
 * side, aspect kept, black beside it. A head that leans is turned upright.
 */
export function attributePatch(pyramid: Pyramid, landmarks: LandmarkResult, side: number): Patch {
  const upright = rotationAbout([0, 0], landmarks.turn)
  const toUpright = invert(upright)
  const points = landmarks.points.map((point) => applyAffine(toUpright, point))
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const width = (Math.max(...xs) - left) * 1.2
  const height = (Math.max(...ys) - top) * 1.2
  const scale = Math.max(width, height) / side
  const shift = (scale - 1) / 2
  const x = left - width / 12 + (width - scale * side) / 2 + shift
  const y = top - height / 12 + (height - scale * side) / 2 + shift
  const toBase: Affine = compose(upright, [scale, 0, x, 0, scale, y])
  const patch = cutPatch(pyramid, toBase, side, side)
  blackenBeside(patch, width / scale, height / scale)
  return patch
}

/** Leaves only the middle `width`×`height` of a patch. */
function blackenBeside({ width: side, data }: Patch, width: number, height: number): void {
  const area = side * side
  for (let at = 0; at < area; at++) {
    const isBeside =
      Math.abs((at % side) + 0.5 - side / 2) > width / 2 ||
      Math.abs(Math.floor(at / side) + 0.5 - side / 2) > height / 2
    if (isBeside) data[at] = data[at + area] = data[at + 2 * area] = 0
  }
}

/**
 * Years, whole; and the likelier of the two genders. The networks are those of @vladmandic/face-api as
 * `export/face-api.ts` writes them: 112×112, RGB 0..255; `age` in years, `gender` male and female.
 */
export async function findAgeAndGender(
  model: Model,
  patch: Patch,
): Promise<{ age: number; gender: DetectedGender }> {
  const { age, gender } = await model.run(patch)
  return {
    age: Math.min(120, Math.max(0, Math.round(age.data[0]))),
    gender: gender.data[0] >= 0.5 ? 'male' : 'female',
  }
}

export interface ExpressionResult {
  expression: Expression
  expression_confidence: number
  emotion_scores: Record<Expression, number>
}

/** The likeliest expression and the scores of all seven, which sum to 1. */
export async function findExpression(model: Model, patch: Patch): Promise<ExpressionResult> {
  const { data: scores } = (await model.run(patch))['expression']
  const sum = scores.reduce((total, score) => total + score, 0)
  // The model's order is that of the list: neutral, happy, sad, angry, fearful, disgusted, surprised.
  const entries = expressions.map((name, index) => [name, scores[index] / sum] as const)
  const [expression, confidence] = entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best))
  return {
    expression,
    expression_confidence: confidence,
    emotion_scores: Object.fromEntries(entries) as Record<Expression, number>,
  }
}

export const faceApiAgeGenderDifferences = (signature: ModelSignature, definition: PackModel): string[] => [
  ...squareInputDifferences(signature, definition),
  ...outputDifferences(signature, [
    { name: 'age', shape: [1, 1] },
    { name: 'gender', shape: [1, 2] },
  ]),
]

export const faceApiExpressionDifferences = (signature: ModelSignature, definition: PackModel): string[] => [
  ...squareInputDifferences(signature, definition),
  ...outputDifferences(signature, [{ name: 'expression', shape: [1, expressions.length] }]),
]

const squareInputDifferences = (signature: ModelSignature, definition: PackModel) => [
  ...isSquare(definition),
  ...inputDifferences(signature, [1, 3, definition.input.height, definition.input.width]),
]
