import type { Expression, Pose } from '../../model/face'
import type { QualityComponents } from '../../model/quality'
import { applyAffine, invert, type Affine, type Point } from '../affine'
import type { Landmarks } from '../face-points'
import type { Patch } from '../images/raster'
import { cheekZones, illuminationUniformity, naturalColour } from './cheeks'
import { component, frontality } from './curves'
import { eyesOpen, mouthClosed } from './features'
import { cropMargins, headSize, interEyeDistance, singleFace, uprightFraming } from './framing'
import { faceHistogram, luminanceMean, luminanceVariance, overExposure, underExposure } from './luminance'

export interface ComponentsInput {
  /** The aligned 112×112 crop, its luma 0..255, and the map from its pixels to those of the base. */
  aligned: Patch
  luma: Float32Array
  toBase: Affine
  /** Size of the base: what lies outside of it is no part of the photo. */
  base: { width: number; height: number }
  /** Pixels of the base. */
  landmarks: Landmarks
  /** The same in pixels of the upright original, and that image's size. */
  points: readonly Point[]
  image: { width: number; height: number }
  /** Pixels of the original between the eyes. */
  eyeDistance: number
  /** 0..1, see `blur_score`. */
  blurScore: number
  pose: Pose | null
  /** No colour can be told from a grey photo. */
  isGrey: boolean
  emotions: Record<Expression, number> | null
  /** Areas of this face's box and of the largest other one in the photo, 0 where there is none. */
  ownArea: number
  largestOther: number
}

/** Every component of a face's quality; docs/faces.md defines each and names its source. */
export function qualityComponents(input: ComponentsInput): QualityComponents {
  const { aligned, luma, pose, emotions } = input
  const toCrop = invert(input.toBase)
  const zones = cheekZones(input.landmarks.map((point) => applyAffine(toCrop, point)))
  const histogram = faceHistogram(luma, aligned.width, input.toBase, input.base)
  const framing = uprightFraming(input.points, input.image.width, input.image.height)
  return {
    sharpness: component(input.blurScore),
    illumination_uniformity: illuminationUniformity(luma, aligned.width, zones),
    luminance_mean: histogram && luminanceMean(histogram),
    luminance_variance: histogram && luminanceVariance(histogram),
    over_exposure: histogram && overExposure(histogram),
    under_exposure: histogram && underExposure(histogram),
    inter_eye_distance: interEyeDistance(input.eyeDistance, pose?.yaw ?? 0),
    head_size: headSize(framing),
    pose_yaw: pose && component(frontality(pose.yaw)),
    pose_pitch: pose && component(frontality(pose.pitch)),
    pose_roll: pose && component(frontality(pose.roll)),
    eyes_open: eyesOpen(input.points),
    mouth_closed: mouthClosed(input.points),
    crop_margins: cropMargins(framing),
    expression_neutrality: emotions && component(emotions.neutral),
    single_face: singleFace(input.ownArea, input.largestOther),
    natural_colour: input.isGrey ? null : naturalColour(aligned, zones),
  }
}
