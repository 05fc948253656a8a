import type { Point } from '../affine'
import type { Frame } from '../detection'
import type { Box } from '../../model/face'
import { compose } from '../affine'
import type { Pyramid } from '../images/raster'
import type { Model, ModelOutput } from '../inference/session'

/** A frame as a detector saw it, and what it gave: scaled to fit, in the upper left corner of the input, black beside it. */
export interface Letterboxed {
  outputs: Record<string, ModelOutput>
  /** Of the input, pixels. */
  width: number
  height: number
  /** From corners in pixels of the input to a box in pixels of the frame. */
  boxOf: (left: number, top: number, right: number, bottom: number) => Box
  /** From a place in the input to the frame, where 0 is the centre of the first pixel. */
  pointOf: (x: number, y: number) => Point
}

/** The coarsest stride: inputs of models that take any size are whole multiples of it. */
export const sizeStep = 32

/**
 * Shows a frame to a detector whose answers are places in its input, measured from the first pixel's corner. A model
 * that takes any size is shown no more black than it takes to fill up the last 32 pixels.
 */
export async function letterbox(model: Model, pyramid: Pyramid, frame: Frame): Promise<Letterboxed> {
  const { input } = model.definition
  const scale = Math.max(frame.width / input.width, frame.height / input.height)
  const filled = (length: number, most: number) =>
    model.takesAnySize ? Math.min(most, Math.ceil(length / scale / sizeStep - 1e-9) * sizeStep) : most
  // The centre of the input's first pixel lies half a pixel of its own size within the frame's border.
  const shift = (scale - 1) / 2
  const toBase = compose(frame.toBase, [scale, 0, shift, 0, scale, shift])
  const size = { width: filled(frame.width, input.width), height: filled(frame.height, input.height) }
  return {
    outputs: await model.look(pyramid, toBase, size),
    ...size,
    boxOf: (left, top, right, bottom) => ({
      x: left * scale,
      y: top * scale,
      width: (right - left) * scale,
      height: (bottom - top) * scale,
    }),
    pointOf: (x, y) => [x * scale - 0.5, y * scale - 0.5],
  }
}

/** A detector of this input sees as much in one look as four tiles would show, unless the frame is far larger. */
export const isFarLarger = (frame: Frame, input: { width: number; height: number }) =>
  frame.width > 2 * input.width || frame.height > 2 * input.height
