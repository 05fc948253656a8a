import { readFile } from 'node:fs/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { PackModel } from './manifest'
import type { Patch } from './raster'
import type { ModelSignature, TensorSignature } from './signature'
import { dropTinyWeights } from './tiny-weights'
import { fillTensor } from './tensor'

/** What a provider of the inference library is called: the processor, or an accelerator. */
export type ProviderName = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu'

/** An output: its values row by row, and the length of each axis. */
export interface ModelOutput {
  data: Float32Array
  dims: readonly number[]
}

/** A model ready to run: a patch of the input's size in, every output by its name. */
export interface Model {
  readonly definition: PackModel
  /** What the file itself says that it takes and gives. */
  readonly signature: ModelSignature
  /** Width and height are free: a patch may be smaller than the manifest's input. */
  readonly takesAnySize: boolean
  /** Memory for a patch of the input's size that is cut for the next run and not kept: large ones are dear to come by. */
  readonly scratch: Float32Array
  run(patch: Patch): Promise<Record<string, ModelOutput>>
  close(): Promise<void>
}

/** One thread a session; spinning is off, as it slows a busy machine down. */
export const sessionOptions = (provider: ProviderName): InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
})

/**
 * Opens a model for runs of one image each, see {@link sessionOptions}.
 * @param path of the ONNX file
 * @throws Error where the file can't be loaded, or the provider can't be had or can't run it
 */
export async function openModel(
  path: string,
  definition: PackModel,
  provider: ProviderName = 'cpu',
): Promise<Model> {
  const file = await readFile(path)
  await dropTinyWeights(file)
  const session = await InferenceSession.create(file, sessionOptions(provider))
  const { input } = definition
  const channels = input.colour === 'grey' ? 1 : 3
  const values = new Float32Array(channels * input.height * input.width)
  const signature = signatureOf(session)
  const [{ name, shape }] = signature.inputs
  return {
    definition,
    signature,
    scratch: new Float32Array(3 * input.height * input.width),
    takesAnySize: shape?.[2] === undefined && shape?.[3] === undefined,
    async run(patch) {
      const used = values.subarray(0, channels * patch.height * patch.width)
      fillTensor(patch, input, used)
      const tensor = new Tensor('float32', used, [1, channels, patch.height, patch.width])
      const outputs = await session.run({ [name]: tensor })
      return Object.fromEntries(
        Object.entries(outputs).map(([output, { data, dims }]) => [
          output,
          { data: data as Float32Array, dims },
        ]),
      )
    },
    close: () => session.release(),
  }
}

function signatureOf(session: InferenceSession): ModelSignature {
  const describe = (metadata: InferenceSession.ValueMetadata): TensorSignature => ({
    name: metadata.name,
    type: metadata.isTensor ? metadata.type : 'no tensor',
    shape: metadata.isTensor
      ? metadata.shape.map((axis) => (typeof axis === 'number' && axis > 0 ? axis : undefined))
      : undefined,
  })
  return { inputs: session.inputMetadata.map(describe), outputs: session.outputMetadata.map(describe) }
}
