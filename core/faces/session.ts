import { InferenceSession, Tensor } from 'onnxruntime-node'
import { join } from 'node:path'
import type { PackModel } from './manifest'
import type { InstalledPack } from './packs'
import type { Patch } from './raster'
import { fillTensor } from './tensor'

/** A model ready to run: a patch of the input's size in, every output by its name. */
export interface Model {
  readonly definition: PackModel
  run(patch: Patch): Promise<Record<string, Float32Array>>
  close(): Promise<void>
}

/**
 * Opens a model of a pack on the CPU with one thread; spinning is off, as it slows a busy machine down.
 * @throws Error where the file can't be loaded or its input is not what the manifest says
 */
export async function openModel(pack: InstalledPack, definition: PackModel): Promise<Model> {
  const session = await InferenceSession.create(join(pack.directory, definition.file), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
  const { width, height, colour } = definition.input
  const shape = [1, colour === 'grey' ? 1 : 3, height, width]
  const inputName = checkInput(session, shape, `${pack.manifest.name}/${definition.file}`)
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1))
  const feeds = { [inputName]: new Tensor('float32', values, shape) }
  return {
    definition,
    async run(patch) {
      fillTensor(patch, definition.input, values)
      const outputs = await session.run(feeds)
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]),
      )
    },
    close: () => session.release(),
  }
}

function checkInput(session: InferenceSession, shape: number[], file: string): string {
  const input = session.inputMetadata[0]
  const actual = input?.isTensor ? input.shape : []
  const fits =
    actual.length === shape.length &&
    actual.every((side, axis) => typeof side === 'string' || side === shape[axis])
  if (!input || session.inputMetadata.length !== 1 || !fits) {
    throw new Error(`${file} takes [${actual.join(', ')}], but the manifest says [${shape.join(', ')}].`)
  }
  return input.name
}
