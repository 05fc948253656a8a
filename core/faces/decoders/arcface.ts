import { embeddingLength } from '../../model/face'
import type { PackModel } from '../packs/manifest'
import type { Patch } from '../images/raster'
import type { Model } from '../inference/session'
import { inputDifferences, listText, outputDifferences, type ModelSignature } from '../inference/signature'

/**
 * ArcFace recognisers (Deng et al., 2019; insightface `recognition/arcface_torch` and kin). Input: the aligned face,
 * 112×112, NCHW; colours, mean and scale are the manifest's. One output of 512 values, whatever its name.
 * @returns the embedding: 512 numbers of unit length
 */
export async function embed(model: Model, aligned: Patch): Promise<number[]> {
  const [output] = Object.values(await model.run(aligned))
  const values = output?.data
  if (values?.length !== embeddingLength) {
    throw new Error(`The recogniser gives ${values?.length ?? 0} numbers instead of ${embeddingLength}.`)
  }
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  if (!(norm > 0)) throw new Error('The recogniser gave no direction.')
  return Array.from(values, (value) => value / norm)
}

export function arcfaceDifferences(signature: ModelSignature, { input }: PackModel): string[] {
  const count = signature.outputs.length
  return [
    ...(input.width === 112 && input.height === 112
      ? []
      : [`expected an input of 112×112, to which faces are aligned; found ${input.width}×${input.height}`]),
    ...inputDifferences(signature, [1, 3, 112, 112]),
    ...(count === 1
      ? outputDifferences(signature, [{ shape: [1, embeddingLength] }])
      : [`expected one output, float32 [1, ${embeddingLength}]; found ${listText(signature.outputs)}`]),
  ]
}
