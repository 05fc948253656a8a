import { inputDifferences, outputDifferences } from '../inference/signature'
import { insightfaceSquare, isSquare, outputOf, type LandmarkDecoder } from './landmarker'
import { poseOfShape, type Point3 } from './mean-shape'

/** 1,103 vertices; the last 68 of them are the landmarks. */
const vertices = 1103
const landmarks = 68

/**
 * InsightFace 1k3d68 (model_zoo/landmark.py). Input: the box's longer side × 1.5 as a square about its centre, 192×192,
 * RGB, 0..255. One output of 1,103 × (x, y, z) in half sides of the crop: x and y from −1 at its left and top, z
 * towards the camera. The last 68 are the points of iBUG 300-W; the pose is that of their fit to the mean shape.
 */
export const insightface3d68: LandmarkDecoder = {
  squareSide: insightfaceSquare,
  read(outputs, side) {
    const values = outputOf(outputs, vertices * 3)
    const half = Math.floor(side / 2)
    const shape = Array.from({ length: landmarks }, (_, index): Point3 => {
      const at = (vertices - landmarks + index) * 3
      return [(values[at] + 1) * half, (values[at + 1] + 1) * half, values[at + 2] * half]
    })
    return { points: shape.map(([x, y]) => [x, y]), pose: poseOfShape(shape) }
  },
  differences: (signature, definition) => [
    ...isSquare(definition),
    ...inputDifferences(signature, [1, 3, definition.input.height, definition.input.width]),
    ...outputDifferences(signature, [{ shape: [1, vertices * 3] }]),
  ],
}
