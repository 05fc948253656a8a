import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxModel } from '../../../tests/factories/onnx'
import { detectFaces, frameOf } from '../detect'
import type { PackModel } from '../packs/manifest'
import { pyramidOf, type Raster } from '../images/raster'
import { openModel, type Model } from '../inference/session'
import { differencesOf } from '.'

/** Real: the inference library. The graphs are small ones whose answers are known. */
let scratch: string
let serial = 0
const open: Model[] = []

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'detectors-test-'))
})
afterAll(async () => {
  await Promise.all(open.map((model) => model.close()))
  await rm(scratch, { recursive: true, force: true })
})

const feeding = {
  scrfd: () => ({ colour: 'rgb' as const, mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] }),
  yunet: () => ({ colour: 'bgr' as const, mean: [0, 0, 0], scale: [1, 1, 1] }),
}
const definitionOf = (decoder: 'scrfd' | 'yunet', width: number, height: number): PackModel => ({
  file: 'detector.onnx',
  decoder,
  input: { width, height, ...feeding[decoder]() },
})

async function load(bytes: Uint8Array, definition: PackModel): Promise<Model> {
  const path = join(scratch, `${serial++}.onnx`)
  await writeFile(path, bytes)
  const model = await openModel(path, definition)
  open.push(model)
  return model
}

const grey = (width: number, height: number): Raster => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(90),
})
const detect = (model: Model, raster: Raster) => {
  const pyramid = pyramidOf(raster)
  return detectFaces(model, pyramid, frameOf(pyramid, 0))
}

interface ScrfdShape {
  side?: number
  strides?: number[]
  anchors?: number
  batch?: boolean
  points?: boolean
  shuffled?: boolean
}

/** An SCRFD that sees one face, at a cell of one stride: everything in strides from the cell. */
function scrfdGraph({
  side = 64,
  strides = [8, 16, 32],
  anchors = 2,
  batch,
  points = true,
  shuffled,
}: ScrfdShape) {
  const maps = strides.flatMap((stride) => {
    const places = (side / stride) ** 2 * anchors
    const shape = (width: number) => [...(batch ? [1] : []), places, width]
    const score = new Float32Array(places).fill(0.01)
    const box = new Float32Array(places * 4)
    const five = new Float32Array(places * 10)
    if (stride === 16) {
      // Column 2, row 1, the last anchor of the cell: its centre is at (32, 16).
      const place = ((1 * side) / stride + 2) * anchors + anchors - 1
      score[place] = 0.9
      box.set([1, 0.5, 0.75, 1.5], place * 4)
      five.set([-0.5, 0, 0.25, 0, 0, 0.5, -0.25, 1, 0.125, 1], place * 10)
    }
    return [
      { name: `s${stride}`, shape: shape(1), values: score },
      { name: `b${stride}`, shape: shape(4), values: box },
      ...(points ? [{ name: `k${stride}`, shape: shape(10), values: five }] : []),
    ]
  })
  const outputs = shuffled ? maps.toReversed() : maps
  return onnxModel({ inputs: [{ name: 'images', shape: [1, 3, side, side] }], outputs })
}

describe('SCRFD on graphs of known answers', () => {
  it.each<[string, ScrfdShape]>([
    ['without a batch axis', {}],
    ['with one', { batch: true }],
    ['one anchor', { anchors: 1 }],
    ['outputs in another order', { shuffled: true }],
    ['five strides', { side: 128, strides: [8, 16, 32, 64, 128], anchors: 1 }],
    ['two strides', { strides: [16, 32] }],
    ['without points', { points: false }],
  ])('%s', async (_, shape) => {
    const side = shape.side ?? 64
    const model = await load(scrfdGraph(shape), definitionOf('scrfd', side, side))
    // Twice as wide as the input and half as high as wide: shown at half its size, black below.
    const [face, ...others] = await detect(model, grey(2 * side, side))
    expect(others).toEqual([])
    expect(face.score).toBeCloseTo(0.9)
    // (32 − 16, 16 − 8) to (32 + 12, 16 + 24), doubled.
    expect(face.box).toEqual({ x: 32, y: 16, width: 56, height: 64 })
    const points = [
      [48, 32],
      [72, 32],
      [64, 48],
      [56, 64],
      [68, 64],
    ].map(([x, y]) => [x - 0.5, y - 0.5])
    expect(face.keypoints).toEqual(shape.points === false ? undefined : points)
  })

  it('takes any size where the file leaves it open, and shows no more black than a stride', async () => {
    // One map of scores and one of boxes at a stride of 32, made by averaging 32×32 blocks of the picture itself.
    const pool = { op: 'AveragePool', attributes: { kernel_shape: [32, 32], strides: [32, 32] } }
    const bytes = onnxModel({
      inputs: [{ name: 'x', shape: [1, 3, 'h', 'w'] }],
      outputs: [
        { name: 'score', shape: ['n', 1] },
        { name: 'box', shape: ['n', 4] },
      ],
      constants: [
        { name: 'rows1', shape: [2], values: BigInt64Array.of(-1n, 1n) },
        { name: 'rows4', shape: [2], values: BigInt64Array.of(-1n, 4n) },
        { name: 'pick', shape: [1, 3, 1, 1], values: Float32Array.of(1, 0, 0) },
        { name: 'zero', shape: [4, 3, 1, 1], values: new Float32Array(12) },
        { name: 'half', shape: [4], values: new Float32Array(4).fill(0.5) },
      ],
      nodes: [
        { ...pool, inputs: ['x'], output: 'blocks' },
        { op: 'Conv', inputs: ['blocks', 'pick'], output: 'red' },
        { op: 'Reshape', inputs: ['red', 'rows1'], output: 'score' },
        { op: 'Conv', inputs: ['blocks', 'zero', 'half'], output: 'sides' },
        { op: 'Transpose', inputs: ['sides'], output: 'last', attributes: { perm: [0, 2, 3, 1] } },
        { op: 'Reshape', inputs: ['last', 'rows4'], output: 'box' },
      ],
    })
    const model = await load(bytes, definitionOf('scrfd', 640, 640))
    expect(model.takesAnySize).toBe(true)
    const raster = grey(640, 200)
    // The red of one block of 32×32 alone is above the threshold: (value − 127.5) / 128 ≥ 0.5 from 192 on.
    for (let y = 64; y < 96; y++) for (let x = 320; x < 352; x++) raster.data[(y * 640 + x) * 3] = 255
    const [face, ...others] = await detect(model, raster)
    expect(others).toEqual([])
    expect(face.score).toBeCloseTo(127.5 / 128)
    expect(face.box).toEqual({ x: 304, y: 48, width: 32, height: 32 })
  })

  it('says what a file lacks', async () => {
    const wrong = await load(scrfdGraph({ points: false }), definitionOf('scrfd', 64, 64))
    const differences = (needsPoints: boolean, definition = wrong.definition) =>
      differencesOf('detector', definition, wrong.signature, needsPoints ? 'detector' : 'landmarks')
    expect(differences(false)).toEqual([])
    expect(differences(true)).toEqual([
      expect.stringMatching(/expected outputs .* and \[\?, 10\], .*; found s8 float32 \[128, 1\], b8/),
    ])
    expect(differences(false, definitionOf('scrfd', 320, 320))).toEqual([
      'expected one input, float32 [?, 3, 320, 320]; found images float32 [1, 3, 64, 64]',
    ])
    expect(differences(false, { ...wrong.definition, decoder: 'yunet' })).toHaveLength(12)
  })
})

describe('YuNet on a graph of known answers', () => {
  it('reads score, box and points', async () => {
    const outputs = [8, 16, 32].flatMap((stride) => {
      const places = (64 / stride) ** 2
      const map = (name: string, width: number, at?: number[]) => {
        const values = new Float32Array(places * width)
        // Column 1, row 2 of stride 16.
        if (stride === 16 && at) values.set(at, (2 * 4 + 1) * width)
        return { name: `${name}_${stride}`, shape: [1, places, width], values }
      }
      return [
        map('cls', 1, [0.81]),
        map('obj', 1, [1]),
        map('bbox', 4, [0.5, 0.25, Math.log(2), Math.log(1)]),
        map('kps', 10, [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1]),
      ]
    })
    const bytes = onnxModel({ inputs: [{ name: 'input', shape: [1, 3, 64, 64] }], outputs })
    const model = await load(bytes, definitionOf('yunet', 64, 64))
    const [face, ...others] = await detect(model, grey(128, 128))
    expect(others).toEqual([])
    expect(face.score).toBeCloseTo(0.9)
    // Centre (24, 36), size 32×16, doubled.
    expect(face.box.x).toBeCloseTo(16, 4)
    expect(face.box.y).toBeCloseTo(56, 4)
    expect(face.box.width).toBeCloseTo(64, 4)
    expect(face.box.height).toBeCloseTo(32, 4)
    expect(face.keypoints).toEqual([
      [31.5, 63.5],
      [63.5, 63.5],
      [47.5, 79.5],
      [31.5, 95.5],
      [63.5, 95.5],
    ])
  })
})
