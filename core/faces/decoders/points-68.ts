import { inputDifferences, outputDifferences } from '../inference/signature'
import { isSquare, outputOf, type LandmarkDecoder } from './landmarker'

const valuesCount = 136

/**
 * Plain regressors of 68 points (iBUG 300-W). Input: a square as high as the box about its centre; size, colour, mean
 * and scale are the manifest's. One output of 68 × (x, y), in parts of the square from its upper left corner.
 */
export const points68: LandmarkDecoder = {
  squareSide: (box) => box.height,
  read(outputs, side) {
    const values = outputOf(outputs, valuesCount)
    return {
      points: Array.from({ length: 68 }, (_, index) => [
        values[index * 2] * side - 0.5,
        values[index * 2 + 1] * side - 0.5,
      ]),
    }
  },
  differences: (signature, definition) => {
    const { width, height, colour } = definition.input
    return [
      ...isSquare(definition),
      ...inputDifferences(signature, [1, colour === 'grey' ? 1 : 3, height, width]),
      ...outputDifferences(signature, [{ shape: [1, valuesCount] }]),
    ]
  },
}
