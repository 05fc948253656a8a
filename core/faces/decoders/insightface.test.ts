import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxModel, smallestModels } from '../../../tests/factories/onnx'
import { createAnalyzer } from '../analyze'
import { frameOf } from '../detect'
import { findLandmarks } from '../landmarks'
import type { PackManifest, PackModel } from '../packs/manifest'
import type { InstalledPack } from '../packs/pack-types'
import { pyramidOf, type Raster } from '../images/raster'
import { openModel, type Model } from '../inference/session'
import { shippedManifests } from '../packs/shipped-packs'
import { embed } from './arcface'
import { findAgeAndGenderInBox } from './insightface-genderage'
import { meanShape, poseOfShape, type Point3 } from './mean-shape'
import { differencesOf } from '.'

/**
 * Real: the inference library and the manifest of buffalo_l. Its files can't be had here; the graphs have their names,
 * inputs and outputs, and answers that are known.
 */
const buffalo = shippedManifests.find(({ name }) => name === 'buffalo_l') as PackManifest
const roles = buffalo.roles as Record<keyof PackManifest['roles'], PackModel>
const open: Model[] = []
let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'insightface-test-'))
})
afterAll(async () => {
  await Promise.all(open.map((model) => model.close()))
  await rm(scratch, { recursive: true, force: true })
})

async function load(bytes: Uint8Array, definition: PackModel): Promise<Model> {
  await writeFile(join(scratch, definition.file), bytes)
  const model = await openModel(join(scratch, definition.file), definition)
  open.push(model)
  return model
}

/** Gives the mean of each of three planes that it is shown, times `factors`, and then `rest` constants. */
const meanGraph = (input: string, side: number, output: string, factors: number[], rest: number) =>
  onnxModel({
    inputs: [{ name: input, shape: ['None', 3, side, side] }],
    outputs: [{ name: output, shape: [1, 3 + rest] }],
    constants: [
      { name: 'factors', shape: [1, 3], values: Float32Array.from(factors) },
      { name: 'rest', shape: [1, rest], values: new Float32Array(rest).fill(0.25) },
    ],
    nodes: [
      { op: 'GlobalAveragePool', inputs: [input], output: 'pooled' },
      { op: 'Flatten', inputs: ['pooled'], output: 'means', attributes: { axis: 1 } },
      { op: 'Mul', inputs: ['means', 'factors'], output: rest > 0 ? 'scaled' : output },
      ...(rest > 0 ? [{ op: 'Concat', inputs: ['scaled', 'rest'], output, attributes: { axis: 1 } }] : []),
    ],
  })
const recogniser = () => meanGraph('input.1', 112, '683', [1, 1, 1], 509)
const genderage = () => meanGraph('data', 96, 'fc1', [0.01, 0.01, 0.01], 0)
const answering = (side: number, values: number[]) =>
  onnxModel({
    inputs: [{ name: 'data', shape: ['None', 3, side, side] }],
    outputs: [{ name: 'fc1', shape: [1, values.length], values: Float32Array.from(values) }],
  })

/** The mean shape turned: up, then to the image's left, then clockwise; degrees. */
function turned(yaw: number, pitch: number, roll: number): Point3[] {
  const [a, b, c] = [yaw, pitch, roll].map((angle) => (angle * Math.PI) / 180)
  return meanShape.map(([x, y, z]) => {
    // x to the right, y down, z towards the camera.
    const [y1, z1] = [y * Math.cos(b) - z * Math.sin(b), y * Math.sin(b) + z * Math.cos(b)]
    const [x2, z2] = [x * Math.cos(a) - z1 * Math.sin(a), x * Math.sin(a) + z1 * Math.cos(a)]
    return [x2 * Math.cos(c) - y1 * Math.sin(c), x2 * Math.sin(c) + y1 * Math.cos(c), z2]
  })
}
const landmarks3d = (shape: readonly Point3[]) =>
  answering(192, [...new Array<number>(1035 * 3).fill(9), ...shape.flatMap((point) => [...point])])

const plain = (width: number, height: number, colour: readonly number[]): Raster => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3]),
})

it('feeds ArcFace RGB as (x − 127.5) / 127.5 and gives unit length', async () => {
  const model = await load(recogniser(), roles.recogniser)
  expect(differencesOf('recogniser', roles.recogniser, model.signature, 'detector')).toEqual([])
  const [red, green, blue] = [255, 204, 0]
  const data = new Float32Array(112 * 112 * 3)
  for (const [channel, value] of [red, green, blue].entries())
    data.fill(value, channel * 12544, (channel + 1) * 12544)
  const embedding = await embed(model, { width: 112, height: 112, data })
  const length = Math.sqrt(1 + 0.6 ** 2 + 1 + 509 / 16)
  expect(Math.hypot(...embedding)).toBeCloseTo(1, 6)
  for (const [index, value] of [1, 0.6, -1, 0.25].entries())
    expect(embedding[index]).toBeCloseTo(value / length, 5)
})

it('reads gender and age from RGB 0..255', async () => {
  const model = await load(genderage(), roles.age_gender)
  expect(differencesOf('age_gender', roles.age_gender, model.signature, 'detector')).toEqual([])
  const read = (colour: readonly number[]) => {
    const pyramid = pyramidOf(plain(300, 300, colour))
    const box = { x: 100, y: 100, width: 80, height: 100 }
    return findAgeAndGenderInBox(model, pyramid, { box, score: 1, frame: frameOf(pyramid, 0) })
  }
  expect(await read([200, 90, 31])).toEqual({ age: 31, gender: 'female' })
  expect(await read([90, 200, 44])).toEqual({ age: 44, gender: 'male' })
  expect(await read([0, 10, 255])).toEqual({ age: 120, gender: 'male' })
})

describe('1k3d68', () => {
  it.each([
    [0, 0, 0],
    [25, 0, 0],
    [0, 20, 0],
    [0, 0, 15],
    [-30, 10, -5],
  ])('knows the pose of a head turned by %d°, %d°, %d°', (yaw, pitch, roll) => {
    const scaled = turned(yaw, pitch, roll).map(([x, y, z]): Point3 => [40 * x + 7, 40 * y - 3, 40 * z + 1])
    const pose = poseOfShape(scaled)
    expect(pose.yaw).toBeCloseTo(yaw, 4)
    expect(pose.pitch).toBeCloseTo(pitch, 4)
    expect(pose.roll).toBeCloseTo(roll, 4)
  })

  it('puts the last 68 points and the pose where the crop was', async () => {
    const shape = turned(20, -10, 0)
    const model = await load(landmarks3d(shape), roles.landmarks)
    expect(differencesOf('landmarks', roles.landmarks, model.signature, 'detector')).toEqual([])
    for (const quarters of [0, 1, 2, 3]) {
      const pyramid = pyramidOf(plain(400, 300, [128, 128, 128]))
      const frame = frameOf(pyramid, quarters)
      // Its longer side × 1.5 is 192: a pixel of the crop is one of the frame.
      const box = { x: 60, y: 70, width: 100, height: 128 }
      const { points, pose } = await findLandmarks(model, pyramid, { box, score: 1, frame })
      const [a, b, c, d, e, f] = frame.toBase
      for (const [index, [x, y]] of shape.entries()) {
        // The box's centre (110, 134) is at 95.5 of the crop, whose own answers count from (0 + 1) · 96.
        const [u, v] = [109.5 - 95.5 + (x + 1) * 96, 133.5 - 95.5 + (y + 1) * 96]
        expect(points[index][0]).toBeCloseTo(a * u + b * v + c, 2)
        expect(points[index][1]).toBeCloseTo(d * u + e * v + f, 2)
      }
      expect(pose?.yaw).toBeCloseTo(20, 3)
      expect(pose?.pitch).toBeCloseTo(-10, 3)
      const turn = Math.atan2(d, a) * (180 / Math.PI)
      expect(Math.cos(((pose!.roll - turn) * Math.PI) / 180)).toBeCloseTo(1, 6)
    }
  })
})

it('puts 106 points in the order of 68, every one a point of its own', async () => {
  const definition: PackModel = { ...roles.landmarks, file: '2d106det.onnx', decoder: 'insightface_2d106' }
  const values = Array.from({ length: 106 }, (_, index) => [index / 192 - 0.25, -index / 192]).flat()
  const model = await load(answering(192, values), definition)
  expect(differencesOf('landmarks', definition, model.signature, 'landmarks')).toEqual([])
  const pyramid = pyramidOf(plain(400, 400, [128, 128, 128]))
  const box = { x: 100, y: 100, width: 100, height: 128 }
  const { points } = await findLandmarks(model, pyramid, { box, score: 1, frame: frameOf(pyramid, 0) })
  // Whatever turn the second look has, point k of 106 lies on a line, a step of equal length from k − 1.
  const [x0, y0] = points[8]
  const step = (index: number) => Math.hypot(points[index][0] - x0, points[index][1] - y0)
  const numbers = points.map((_, index) => Math.round(step(index) / (step(0) || 1)))
  expect(new Set(numbers).size).toBe(68)
  // Chin, right and left end of the jaw, tip of the nose, corners of the mouth.
  expect([8, 0, 16, 30, 48, 54].map((index) => numbers[index])).toEqual([0, 1, 17, 86, 52, 61])
})

it('analyses with a pack of the family from end to end, aligned by the detector', async () => {
  const directory = join(scratch, 'pack')
  await mkdir(directory)
  const maps = [8, 16, 32].flatMap((stride) => {
    const places = (640 / stride) ** 2 * 2
    const [score, box, five] = [1, 4, 10].map((width) => new Float32Array(places * width))
    if (stride === 32) {
      const place = ((10 * 640) / stride + 10) * 2
      score[place] = 0.8
      box.set([3, 4, 3, 4], place * 4)
      // The ArcFace template about (320, 320), twice as large.
      const template = [
        38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041,
      ]
      five.set(
        template.map((value) => ((value - 56) * 2 + 0.5) / 32),
        place * 10,
      )
    }
    return [
      { name: `${400 + stride}`, shape: [places, 1], values: score },
      { name: `${500 + stride}`, shape: [places, 4], values: box },
      { name: `${600 + stride}`, shape: [places, 10], values: five },
    ]
  })
  const files = {
    'det_10g.onnx': onnxModel({ inputs: [{ name: 'input.1', shape: [1, 3, '?', '?'] }], outputs: maps }),
    '1k3d68.onnx': landmarks3d(turned(0, 0, 0).map(([x, y, z]) => [x / 2, y / 2, z / 2])),
    'w600k_r50.onnx': recogniser(),
    'genderage.onnx': genderage(),
    'expression.onnx': onnxModel({
      inputs: [{ name: 'input', shape: [1, 3, 112, 112] }],
      outputs: [{ name: 'expression', shape: [1, 7], values: Float32Array.of(0, 1, 0, 0, 0, 0, 0) }],
    }),
  }
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes)
  const [starter] = shippedManifests
  const lender: InstalledPack = { manifest: starter, directory, embeddingModel: 'starter' }
  const pack: InstalledPack = {
    manifest: buffalo,
    directory,
    embeddingModel: 'b/1/d1',
    lenders: { starter: lender },
  }
  const analyzer = await createAnalyzer(pack)
  try {
    // Skin of one colour where the aligned crop lies, black around it: the recogniser sees nothing but it.
    const [red, green, blue] = [180, 220, 40]
    const middle = {
      width: 260,
      height: 260,
      channels: 3 as const,
      background: { r: red, g: green, b: blue },
    }
    const photo = await sharp({ create: { width: 640, height: 640, channels: 3, background: '#000' } })
      .composite([{ input: await sharp({ create: middle }).png().toBuffer(), left: 190, top: 190 }])
      .png()
      .toBuffer()
    const { faces, embedding_model } = await analyzer.analyze(photo)
    expect(embedding_model).toBe('b/1/d1')
    expect(faces).toHaveLength(1)
    const [face] = faces
    expect(face.box).toEqual({ x: 224, y: 192, width: 192, height: 256 })
    const means = [red, green, blue].map((value) => (value - 127.5) / 127.5)
    const length = Math.sqrt(means.reduce((sum, value) => sum + value * value, 509 / 16))
    for (const [index, value] of means.entries()) expect(face.embedding[index]).toBeCloseTo(value / length, 4)
    expect(face).toMatchObject({ gender: 'male', expression: 'happy', expression_confidence: 1 })
    expect(face.pose?.yaw).toBeCloseTo(0, 3)
    expect(face.landmarks_68).toHaveLength(68)
  } finally {
    await analyzer.close()
  }
})

it('refuses a pack whose file is another model, with the difference', async () => {
  const directory = join(scratch, 'wrong')
  await mkdir(directory)
  const [starter] = shippedManifests
  await writeFile(join(directory, 'detector.onnx'), smallestModels.landmarks())
  const pack: InstalledPack = { manifest: starter, directory, embeddingModel: 's' }
  await expect(createAnalyzer(pack)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining(
      'expected one input, float32 [1, 3, 240, 320]; found input float32 [1, 1, 64, 64]',
    ) as string,
  })
})
