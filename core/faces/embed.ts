import type { Patch } from './raster'
import type { Model } from './session'
import { embeddingLength } from '../model/face'

/** The embedding of an aligned face: 512 numbers of unit length. */
export async function embed(model: Model, aligned: Patch): Promise<number[]> {
  const [values] = Object.values(await model.run(aligned))
  if (values?.length !== embeddingLength) {
    throw new Error(`The recogniser gives ${values?.length ?? 0} numbers instead of ${embeddingLength}.`)
  }
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  if (!(norm > 0)) throw new Error('The recogniser gave no direction.')
  return Array.from(values, (value) => value / norm)
}
