import { z } from 'zod'

/** A tensor in the layout of its source. */
export interface Weight {
  shape: number[]
  data: Float32Array
}
export type Weights = ReadonlyMap<string, Weight>

/** The weights manifest of tfjs: names, shapes and quantisation of tensors that lie end to end in one file. */
const manifestSchema = z
  .array(
    z.object({
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().positive()),
          dtype: z.literal('float32'),
          quantization: z
            .object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() })
            .optional(),
        }),
      ),
      paths: z.array(z.string()).length(1),
    }),
  )
  .length(1)

/**
 * Reads a tfjs weights file. Tensors quantised to one byte become `byte · scale + min`.
 * @throws Error where the file's length is not the sum of its tensors.
 */
export function readWeights(manifestJson: string, bytes: Uint8Array): Weights {
  const [group] = manifestSchema.parse(JSON.parse(manifestJson))
  const weights = new Map<string, Weight>()
  let offset = 0
  for (const { name, shape, quantization } of group.weights) {
    const size = shape.reduce((product, side) => product * side, 1)
    const length = quantization ? size : size * 4
    // A copy, because a float's place in the file need not be a multiple of four; `slice` of a Buffer copies nothing.
    const raw = Uint8Array.from(bytes.subarray(offset, offset + length))
    if (raw.length !== length) throw new Error(`The weights file ends within ${name}.`)
    const data = quantization
      ? Float32Array.from(raw, (byte) => byte * quantization.scale + quantization.min)
      : new Float32Array(raw.buffer, 0, size)
    weights.set(name, { shape, data })
    offset += length
  }
  if (offset !== bytes.length)
    throw new Error(`The weights file has ${bytes.length - offset} bytes too many.`)
  return weights
}

/** The tensor of this name. @throws Error where there is none: the file belongs to another network. */
export function weightOf(weights: Weights, name: string): Weight {
  const weight = weights.get(name)
  if (!weight) throw new Error(`The weights file has no tensor ${name}.`)
  return weight
}
