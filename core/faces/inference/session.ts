import { readFile } from 'node:fs/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Affine } from '../affine'
import { withBlockedPrelu } from './blocked-prelu'
import type { PackModel } from '../packs/manifest'
import type { Patch, Pyramid } from '../images/raster'
import { cutPatch, cutTensor } from '../images/sample'
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
  /** One run on a patch that is there already. */
  run(patch: Patch): Promise<Record<string, ModelOutput>>
  /**
   * One run on what it is shown of an image: cut as a patch is, straight into the input.
   * @param toBase maps pixels of the input to pixels of the base
   * @param size smaller than the manifest's, for a model that takes any
   */
  look(
    pyramid: Pyramid,
    toBase: Affine,
    size?: { width: number; height: number },
  ): Promise<Record<string, ModelOutput>>
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

/** A model's file as it is handed to the inference library: the same answers to the last bit, in less time. */
export async function openModelFile(path: string, provider: ProviderName = 'cpu'): Promise<Buffer> {
  const file = await readFile(path)
  await dropTinyWeights(file)
  // Other processors have no blocked layout, other providers a PRelu of their own.
  return provider === 'cpu' && process.arch === 'x64' ? withBlockedPrelu(file) : file
}

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
  const options = sessionOptions(provider)
  const session = await InferenceSession.create(await openModelFile(path, provider), options).catch(() =>
    // A graph that our way of writing does not fit (a PRelu of three axes) opens as it is; else it says what is wrong.
    InferenceSession.create(path, options),
  )
  const { input } = definition
  const channels = input.colour === 'grey' ? 1 : 3
  const values = new Float32Array(channels * input.height * input.width)
  const valuesOf = ({ width, height }: { width: number; height: number }) =>
    values.subarray(0, channels * height * width)
  const signature = signatureOf(session)
  const [{ name, shape }] = signature.inputs
  async function runOn(data: Float32Array, width: number, height: number) {
    const outputs = await session.run({ [name]: new Tensor('float32', data, [1, channels, height, width]) })
    return Object.fromEntries(
      Object.entries(outputs).map(([output, { data, dims }]) => [
        output,
        { data: data as Float32Array, dims },
      ]),
    )
  }

  function run(patch: Patch) {
    const data = valuesOf(patch)
    fillTensor(patch, input, data)
    return runOn(data, patch.width, patch.height)
  }

  return {
    definition,
    signature,
    takesAnySize: shape?.[2] === undefined && shape?.[3] === undefined,
    run,
    look(pyramid, toBase, { width, height } = input) {
      if (input.colour === 'grey') return run(cutPatch(pyramid, toBase, width, height))
      const data = valuesOf({ width, height })
      cutTensor(pyramid, toBase, input, { width, height, data })
      return runOn(data, width, height)
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
