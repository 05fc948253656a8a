import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { onnxModel } from '../../tests/factories/onnx'
import { findStarterPack } from '../../tests/factories/pack'
import { withBlockedPrelu } from './blocked-prelu'
import { roleFilesOf } from './pack-models'

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
