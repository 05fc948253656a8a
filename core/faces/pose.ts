import type { Pose } from '../model/face'
import { applyAffine, compose, rotationAbout, turnOf, withinHalfTurn } from './affine'
import type { Detection } from './detection'
import { eyeRoll, squareCrop, type Landmarks } from './landmarks'
import { cutPatch, type Pyramid } from './raster'
import type { Model } from './session'
import { softmax } from './tensor'

/** The crop is this much larger than the box's height. */
const cropFactor = 1.5

/** The model underrates larger rolls. Smaller ones are left as they are: those of landmarks in profile can't be trusted. */
const largestSeenRoll = 30

/**
 * Head pose after Hopenet (Ruiz et al., 2018): each angle has 66 bins of 3° and is their expectation, in −99..96°.
 * A head that leans by more than 30° is shown to the model upright and the lean is added to its answer. The signs are
 * those of {@link Pose}; the roll is that of the image, whatever quarter the frame is turned by.
 */
export async function findPose(
  model: Model,
  pyramid: Pyramid,
  detection: Detection,
  landmarks: Landmarks,
): Promise<Pose> {
  const { width: side } = model.definition.input
  const { toBase } = detection.frame
  const frameTurn = turnOf(toBase)
  const lean = withinHalfTurn(eyeRoll(landmarks) - frameTurn)
  const turn = Math.abs(lean) > largestSeenRoll ? lean : 0
  const { box } = detection
  const centre = applyAffine(toBase, [box.x + box.width / 2 - 0.5, box.y + box.height / 2 - 0.5])
  const upright = compose(rotationAbout(centre, turn), toBase)
  const crop = compose(upright, squareCrop(detection, cropFactor, side))
  const { output: yaw, '617': pitch, '618': roll } = await model.run(cutPatch(pyramid, crop, side, side))
  if (!yaw || !pitch || !roll) throw new Error('The pose model does not give yaw, pitch and roll.')
  return {
    yaw: expectation(yaw),
    pitch: expectation(pitch),
    roll: withinHalfTurn(expectation(roll) + turn + frameTurn),
  }
}

const expectation = (bins: Float32Array) =>
  softmax(bins).reduce((sum, probability, index) => sum + probability * (index * 3 - 99), 0)
