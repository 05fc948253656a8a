import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { onnxModel } from '../../../tests/factories/onnx'
import { findStarterPack } from '../../../tests/factories/pack'
import { roleFilesOf } from './pack-models'
import { dropTinyWeights } from './tiny-weights'

/** A model that gives a table of weights, and one number by itself. */
function modelOf(weights: Float32Array, alone: number): Buffer {
  return Buffer.from(
    onnxModel({
      inputs: [{ name: 'x', shape: [1] }],
      outputs: [
        { name: 'table', shape: [weights.length], values: weights },
        { name: 'alone', shape: [1], values: Float32Array.of(alone) },
      ],
    }),
  )
}

async function run(model: Buffer, feeds: Record<string, Tensor>): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(new Uint8Array(model))
  const outputs = await session.run(feeds)
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
}

it('drops what is tiny among many weights, and nothing else', async () => {
  const weights = Float32Array.from({ length: 2000 }, (_, at) => [1e-20, -1e-38, 2e-15, -0.5, 0][at % 5])
  const model = modelOf(weights, 1e-20)
  await dropTinyWeights(model)
  const { table, alone } = await run(model, { x: new Tensor('float32', [1], [1]) })
  expect([...table.subarray(0, 5)].map(Math.abs)).toEqual([0, 0, Math.fround(2e-15), 0.5, 0])
  expect(table).toEqual(weights.map((value) => (Math.abs(value) < 1e-15 ? 0 : value)))
  expect(alone[0]).toBe(Math.fround(1e-20))
})

it('leaves alone what it can not read', async () => {
  for (const bytes of [
    Buffer.from('no model at all'),
    modelOf(new Float32Array(2000), 1).subarray(0, 3000),
  ]) {
    const copy = Buffer.from(bytes)
    await dropTinyWeights(copy)
    expect(copy.equals(bytes)).toBe(true)
  }
})

const pack = await findStarterPack()

it.skipIf(!pack)('keeps every answer of the starter pack to the last bit', async () => {
  for (const { path, role } of roleFilesOf(pack!)) {
    const [published, cleaned] = [await readFile(path), await readFile(path)]
    await dropTinyWeights(cleaned)
    if (role === 'recogniser') expect(cleaned.equals(published)).toBe(false)
    const session = await InferenceSession.create(path)
    const [input] = session.inputMetadata
    const shape = input.isTensor ? input.shape.map(Number) : []
    const length = shape.reduce((product, axis) => product * axis, 1)
    for (const phase of [0, 1, 2]) {
      const values = Float32Array.from({ length }, (_, at) => Math.sin(at / 40 + phase))
      const feeds = { [input.name]: new Tensor('float32', values, shape) }
      expect(await run(cleaned, feeds), role).toEqual(await run(published, feeds))
    }
  }
})
