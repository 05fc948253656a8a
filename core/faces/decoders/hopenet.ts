import type { Pose } from '../../model/face'
import { applyAffine, compose, rotationAbout, turnOf, withinHalfTurn } from '../affine'
import type { Detection } from '../detection'
import { eyeRoll, squareCrop, type Landmarks } from '../face-points'
import type { PackModel } from '../packs/manifest'
import type { Pyramid } from '../images/raster'
import type { Model } from '../inference/session'
import { inputDifferences, outputDifferences, type ModelSignature } from '../inference/signature'
import { softmax } from '../inference/tensor'

/** The crop is this much larger than the box's height. */
const cropFactor = 1.5

/** The model underrates larger rolls. Smaller ones are left as they are: those of landmarks in profile can't be trusted. */
const largestSeenRoll = 30

/**
 * Head pose after Hopenet (Ruiz et al., 2018): each angle has 66 bins of 3° and is their expectation, in −99..96°.
 * Input: the box's height × 1.5 as a square about its centre; the outputs' names are the manifest's.
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
  const outputs = await model.look(pyramid, crop)
  const names = outputNames(model.definition)
  const angle = (name: keyof Pose) => expectation(outputs[names[name]].data)
  return {
    yaw: angle('yaw'),
    pitch: angle('pitch'),
    roll: withinHalfTurn(angle('roll') + turn + frameTurn),
  }
}

const expectation = (bins: Float32Array) =>
  softmax(bins).reduce((sum, probability, index) => sum + probability * (index * 3 - 99), 0)

const bins = 66
const angles = ['yaw', 'pitch', 'roll'] as const

function outputNames({ outputs = {} }: PackModel): Record<keyof Pose, string> {
  const [yaw, pitch, roll] = angles.map((angle) => outputs[angle] ?? angle)
  return { yaw, pitch, roll }
}

export function hopenetDifferences(signature: ModelSignature, definition: PackModel): string[] {
  const { width, height } = definition.input
  const names = outputNames(definition)
  return [
    ...inputDifferences(signature, [1, 3, height, width]),
    ...outputDifferences(
      signature,
      angles.map((angle) => ({ name: names[angle], shape: [1, bins] })),
    ),
  ]
}
