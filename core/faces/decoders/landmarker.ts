import type { Box, Pose } from '../../model/face'
import type { Point } from '../affine'
import type { PackModel } from '../packs/manifest'
import type { ModelOutput } from '../inference/session'
import type { ModelSignature } from '../inference/signature'

/** The 68 points of one crop. */
export interface LandmarkReading {
  /** In the order of iBUG 300-W; pixels of the crop, 0 the first one's centre. */
  points: Point[]
  /** Where the model sees depth: the head's pose against the crop. */
  pose?: Pose
}

/** How a model of 68 points is fed and read. */
export interface LandmarkDecoder {
  /** Side of the square that it is shown, by the detector's box; in pixels of the frame. */
  squareSide: (box: Box) => number
  /** @param side of the crop, in pixels */
  read: (outputs: Record<string, ModelOutput>, side: number) => LandmarkReading
  differences: (signature: ModelSignature, definition: PackModel) => string[]
}

/** The output that has as many values as wanted, whatever its name. */
export function outputOf(outputs: Record<string, ModelOutput>, length: number): Float32Array {
  const found = Object.values(outputs).find(({ data }) => data.length === length)
  if (!found) throw new Error(`The model gives no output of ${length} values.`)
  return found.data
}

export const isSquare = ({ input }: PackModel): string[] =>
  input.width === input.height ? [] : [`expected a square input; found ${input.width}×${input.height}`]

/** InsightFace shows its models a square of the longer side of the box and half as much again (`face_align.transform`). */
export const insightfaceSquare = ({ width, height }: Box) => Math.max(width, height) * 1.5
