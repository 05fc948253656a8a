import type { Box } from '../model/face'
import type { Affine, Point } from './affine'
import type { PackModel } from './packs/manifest'
import type { Pyramid } from './images/raster'
import type { Model } from './inference/session'
import type { ModelSignature } from './inference/signature'

/** A box that may hold a face, in pixels of its frame from the first pixel's corner on. */
export interface Candidate {
  box: Box
  score: number
  /** Eyes (the frame's left one first), nose tip, mouth corners, where the detector gives them; pixels, 0 the first's centre. */
  keypoints?: Point[] | undefined
}

/** A face in a frame that may be turned by quarters against the image. */
export interface Detection extends Candidate {
  frame: Frame
}

/** What a detector is shown of an image: a rectangle, seen through a map to the base of the pyramid. */
export interface Frame {
  width: number
  height: number
  toBase: Affine
}

/** How a detector is fed and read. */
export interface DetectorDecoder {
  /** Finds faces in one frame, with one run of the model. Boxes and points in pixels of the frame. */
  detect: (model: Model, pyramid: Pyramid, frame: Frame) => Promise<Candidate[]>
  /** Of boxes that overlap by this much (intersection over union) only the best stays. */
  overlap: number
  /** The score that a face found in a tile must have. */
  tileScore: number
  /** Whether it loses faces that fill the whole frame, so that one without a face is shown again with black around it. */
  looksWider: boolean
  /** Whether faces may be lost for smallness in a look at the whole frame, so that tiles are worth their time. */
  needsTiles: (frame: Frame, definition: PackModel) => boolean
  /** What keeps a model from being read by this decoder, expected and found; empty where nothing does. */
  differences: (signature: ModelSignature, definition: PackModel, needsPoints: boolean) => string[]
}
