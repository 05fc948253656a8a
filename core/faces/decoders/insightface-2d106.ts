import { inputDifferences, outputDifferences } from '../inference/signature'
import { insightfaceSquare, isSquare, outputOf, type LandmarkDecoder } from './landmarker'

const valuesCount = 212

/**
 * Which of the 106 points stands where each of the 68 does: jaw, brows, nose, eyes, mouth. InsightFace publishes the
 * numbers of its 106 points only as a picture; this table is the one that projects which convert them share. The jaw
 * has 33 points there, of which every second is taken.
 */
const of106: readonly number[] = [
  ...[1, 10, 12, 14, 16, 3, 5, 7, 0, 23, 21, 19, 32, 30, 28, 26, 17],
  ...[43, 48, 49, 51, 50, 102, 103, 104, 105, 101],
  ...[72, 73, 74, 86, 78, 79, 80, 85, 84],
  ...[35, 41, 42, 39, 37, 36, 89, 95, 96, 93, 91, 90],
  ...[52, 64, 63, 71, 67, 68, 61, 58, 59, 53, 56, 55, 65, 66, 62, 70, 69, 57, 60, 54],
]

/**
 * InsightFace 2d106det (model_zoo/landmark.py). Input: the box's longer side × 1.5 as a square about its centre,
 * 192×192, RGB, 0..255. One output of 106 × (x, y) in half sides of the crop, from −1 at its left and top.
 */
export const insightface2d106: LandmarkDecoder = {
  squareSide: insightfaceSquare,
  read(outputs, side) {
    const values = outputOf(outputs, valuesCount)
    const half = Math.floor(side / 2)
    return { points: of106.map((at) => [(values[at * 2] + 1) * half, (values[at * 2 + 1] + 1) * half]) }
  },
  differences: (signature, definition) => [
    ...isSquare(definition),
    ...inputDifferences(signature, [1, 3, definition.input.height, definition.input.width]),
    ...outputDifferences(signature, [{ shape: [1, valuesCount] }]),
  ],
}
