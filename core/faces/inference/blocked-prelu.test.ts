import { InferenceSession, Tensor } from 'onnxruntime-node'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { onnxModel } from '../../../tests/factories/onnx'
import { findStarterPack } from '../../../tests/factories/pack'
import { withBlockedPrelu } from './blocked-prelu'
import { roleFilesOf } from './pack-models'
import { openModel } from './session'
import { starterManifest } from '../packs/shipped-packs'

const wave = (length: number, step: number) =>
  Float32Array.from({ length }, (_, at) => Math.sin(at * step) * 3)

/** Convolution, PRelu with a slope a channel, convolution. */
function modelOf(slopes: Float32Array): Buffer {
  const channels = slopes.length
  return onnxModel({
    inputs: [{ name: 'x', shape: [1, 3, 8, 8] }],
    outputs: [{ name: 'y', shape: [1, channels, 8, 8] }],
    constants: [
      { name: 'first', shape: [channels, 3, 1, 1], values: wave(channels * 3, 0.7) },
      { name: 'slopes', shape: [channels, 1, 1], values: slopes },
      { name: 'second', shape: [channels, channels, 1, 1], values: wave(channels * channels, 1.3) },
    ],
    nodes: [
      { op: 'Conv', inputs: ['x', 'first'], output: 'a' },
      { op: 'PRelu', inputs: ['a', 'slopes'], output: 'b' },
      { op: 'Conv', inputs: ['b', 'second'], output: 'y' },
    ],
  })
}

async function run(model: Buffer, feeds: Record<string, Tensor>): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(new Uint8Array(model))
  const outputs = await session.run(feeds)
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
}

it('gives the same bits for slopes of every kind: negative, none, above one', async () => {
  const model = modelOf(Float32Array.from({ length: 32 }, (_, at) => [-0.5, 0, 0.25, 1, 1.75][at % 5]))
  const rewritten = await withBlockedPrelu(model)
  expect(rewritten.equals(model)).toBe(false)
  const feeds = { x: new Tensor('float32', wave(192, 0.37), [1, 3, 8, 8]) }
  expect(await run(rewritten, feeds)).toEqual(await run(model, feeds))
})

it.each([0, -0, 1e-40, -1e-40, 3e38, -3e38, 1.5, -1.5, Infinity, -Infinity, NaN])(
  'gives the same number for %d, but for the sign of a zero',
  async (value) => {
    const channels = 16
    const slopes = Float32Array.from({ length: channels }, (_, at) => [-0.5, 0, 0.25, 1, 1.75][at % 5])
    const shape = [1, channels, 2, 2]
    const model = onnxModel({
      inputs: [{ name: 'x', shape }],
      outputs: [{ name: 'y', shape }],
      constants: [{ name: 'slopes', shape: [channels, 1, 1], values: slopes }],
      nodes: [{ op: 'PRelu', inputs: ['x', 'slopes'], output: 'y' }],
    })
    const rewritten = await withBlockedPrelu(model)
    expect(rewritten.equals(model)).toBe(false)
    const feeds = { x: new Tensor('float32', new Float32Array(channels * 4).fill(value), shape) }
    const [{ y: ours }, { y: published }] = [await run(rewritten, feeds), await run(model, feeds)]
    expect(ours.map((one) => one + 0)).toEqual(published.map((one) => one + 0))
  },
)

it('opens a model as it is where its PRelu can not be written otherwise', async () => {
  const shape = [16, 2, 2]
  const model = onnxModel({
    inputs: [{ name: 'x', shape }],
    outputs: [{ name: 'y', shape }],
    constants: [{ name: 'slopes', shape: [16, 1, 1], values: new Float32Array(16).fill(0.3) }],
    nodes: [{ op: 'PRelu', inputs: ['x', 'slopes'], output: 'y' }],
  })
  await expect(InferenceSession.create(new Uint8Array(await withBlockedPrelu(model)))).rejects.toThrow()
  const folder = await mkdtemp(join(tmpdir(), 'semblance-prelu-'))
  const path = join(folder, 'three-axes.onnx')
  await writeFile(path, model)
  const { recogniser } = starterManifest.roles
  if (!recogniser || 'borrow' in recogniser) throw new Error('The starter has a recogniser of its own.')
  const opened = await openModel(path, recogniser)
  expect(opened.signature.inputs).toMatchObject([{ name: 'x', shape }])
  await opened.close()
  await rm(folder, { recursive: true })
})

it('leaves alone channels that fit no block, models without PRelu, and what it can not read', async () => {
  const whole = modelOf(new Float32Array(32).fill(0.3))
  const without = onnxModel({
    inputs: [{ name: 'x', shape: [1] }],
    outputs: [{ name: 'y', shape: [1], values: Float32Array.of(1) }],
  })
  for (const model of [
    modelOf(new Float32Array(20).fill(0.3)),
    without,
    whole.subarray(0, whole.length - 40),
  ]) {
    expect((await withBlockedPrelu(model)).equals(model)).toBe(true)
  }
})

const pack = await findStarterPack()

it.skipIf(!pack)('keeps every answer of the starter pack to the last bit', async () => {
  for (const { path, role } of roleFilesOf(pack!)) {
    const published = await readFile(path)
    const rewritten = await withBlockedPrelu(published)
    expect(rewritten.equals(published), role).toBe(role !== 'recogniser')
    if (role !== 'recogniser') continue
    for (const phase of [1, 2, 3]) {
      const feeds = { [(await InferenceSession.create(path)).inputNames[0]]: tensorOf(phase) }
      expect(await run(rewritten, feeds)).toEqual(await run(published, feeds))
    }
  }
})

const tensorOf = (phase: number) => new Tensor('float32', wave(3 * 112 * 112, phase / 40), [1, 3, 112, 112])
