import type { Box } from '../model/face'
import type { Affine } from './affine'
import type { Pyramid } from './raster'
import type { Model } from './session'

/** A face as the detector sees it, in the frame that the detector was shown. */
export interface Candidate {
  box: Box
  /** 0..1 */
  score: number
}

/** A face, in a frame that may be turned by quarters against the image. */
export interface Detection extends Candidate {
  frame: Frame
}

/** What a detector is shown of an image: a rectangle, seen through a map to the base of the pyramid. */
export interface Frame {
  width: number
  height: number
  toBase: Affine
}

/** Finds faces in one frame, with one run of its model. Boxes in pixels of the frame. */
export type DetectorDecoder = (model: Model, pyramid: Pyramid, frame: Frame) => Promise<Candidate[]>
