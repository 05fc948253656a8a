import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { findStarterPack } from '../../../tests/factories/pack'
import { flushDenormals } from './denormals'
import { graphBuilder } from './graph'
import { readWeights, type Weights } from './weights'

const pack = await findStarterPack()

async function run(model: Uint8Array, shape: number[], values: Float32Array) {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 })
  const outputs = await session.run({ input: new Tensor('float32', values, shape) })
  await session.release()
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, [...(data as Float32Array)]]),
  )
}

it('reads bytes as byte · scale + min, and floats wherever they start', () => {
  const manifest = JSON.stringify([
    {
      weights: [
        { name: 'a', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -2 } },
        { name: 'b', shape: [1, 2], dtype: 'float32' },
      ],
      paths: ['x.bin'],
    },
  ])
  const bytes = Buffer.concat([Buffer.from([0, 4, 255]), Buffer.from(Float32Array.of(1.5, -7).buffer)])
  const weights = readWeights(manifest, bytes)
  expect([...weights.get('a')!.data]).toEqual([-2, 0, 125.5])
  expect(weights.get('b')).toEqual({ shape: [1, 2], data: Float32Array.of(1.5, -7) })
  expect(() => readWeights(manifest, bytes.subarray(0, 9))).toThrow('ends within b')
  expect(() => readWeights(manifest, Buffer.concat([bytes, bytes]))).toThrow('too many')
})

it('pads a strided convolution below and right, as TensorFlow does', async () => {
  // A 3×3 kernel of ones over a 4×4 map of ones: with "same" and stride 2 the sums are 9, 6, 6 and 4.
  const weights: Weights = new Map([
    ['c/filters', { shape: [3, 3, 1, 1], data: new Float32Array(9).fill(1) }],
    ['c/bias', { shape: [1], data: Float32Array.of(0.5) }],
  ])
  const graph = graphBuilder('test', weights)
  const input = { name: 'input', channels: 1, side: 4 }
  const out = graph.conv(input, 'c', 2)
  expect(out).toMatchObject({ channels: 1, side: 2 })
  const model = graph.finish(input, { sums: { value: graph.globalMean(out), width: 1 } })
  const { sums } = await run(model, [1, 1, 4, 4], new Float32Array(16).fill(1))
  expect(sums[0]).toBeCloseTo((9 + 6 + 6 + 4) / 4 + 0.5, 6)
})

it('keeps every channel of a separable convolution with its own filter', async () => {
  // Depthwise: channel 0 doubled, channel 1 tripled (the kernel's middle alone). Pointwise: their sum and difference.
  const depthwise = new Float32Array(18)
  depthwise.set([2, 3], 8)
  const weights: Weights = new Map([
    ['s/depthwise_filter', { shape: [3, 3, 2, 1], data: depthwise }],
    ['s/pointwise_filter', { shape: [1, 1, 2, 2], data: Float32Array.of(1, 1, 1, -1) }],
    ['s/bias', { shape: [2], data: Float32Array.of(0, 100) }],
  ])
  const graph = graphBuilder('test', weights)
  const input = { name: 'input', channels: 2, side: 2 }
  const model = graph.finish(input, {
    means: { value: graph.globalMean(graph.separable(input, 's', 1)), width: 2 },
  })
  const { means } = await run(model, [1, 2, 2, 2], Float32Array.of(1, 1, 1, 1, 5, 5, 5, 5))
  expect(means).toEqual([2 * 1 + 3 * 5, 2 * 1 - 3 * 5 + 100])
})

it('zeroes weights that are too small for a normal float and leaves the others alone', async () => {
  const weights: Weights = new Map([
    ['f/weights', { shape: [2, 2], data: Float32Array.of(1e-40, 0.25, -3, 2e-38) }],
    ['f/bias', { shape: [2], data: Float32Array.of(0, -1e-39) }],
  ])
  const graph = graphBuilder('test', weights)
  const input = { name: 'input', channels: 2, side: 1 }
  const model = graph.finish(input, {
    out: { value: graph.fullyConnected(graph.globalMean(input), 'f'), width: 2 },
  })
  const { out } = await run(flushDenormals(model), [1, 2, 1, 1], Float32Array.of(1, 1e30))
  expect(out[0]).toBeCloseTo(-3e30, -24)
  expect(out[1]).toBeCloseTo(2e-38 * 1e30 + 0.25, 6)
  const small = await run(flushDenormals(model), [1, 2, 1, 1], Float32Array.of(1e38, 0))
  expect(small['out'][0]).toBe(0)
})

it.skipIf(!pack)('gives what the original networks give in tfjs', async () => {
  // Known answers: face-api 1.7.15 on its plain JavaScript backend, for this picture of waves.
  const area = 112 * 112
  const picture = new Float32Array(area * 3)
  for (let at = 0; at < area * 3; at++) {
    picture[(at % 3) * area + Math.floor(at / 3)] = Math.floor(128 + 100 * Math.sin(at * 0.001 * 3))
  }
  const model = (name: string) => readFile(join(pack!.directory, name))
  const { age, gender } = await run(await model('age-gender.onnx'), [1, 3, 112, 112], picture)
  expect(age[0]).toBeCloseTo(36.7354, 3)
  expect(gender[1]).toBeCloseTo(4.763e-7, 9)
  const { expression } = await run(await model('expression.onnx'), [1, 3, 112, 112], picture)
  const known = [0.697031, 0.074556, 0.043838, 0.056601, 0.001795, 0.087295, 0.038885]
  for (const [index, score] of expression.entries()) expect(score).toBeCloseTo(known[index], 5)
})
