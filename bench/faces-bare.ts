import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parentPort, workerData, Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { alignFace } from '../core/faces/align'
import { decodeImage } from '../core/faces/images/decode'
import { embed } from '../core/faces/decoders/arcface'
import { fivePointsOf } from '../core/faces/face-points'
import { locateFaces } from '../core/faces/locate'
import { openModels, roleFilesOf } from '../core/faces/inference/pack-models'
import type { InstalledPack } from '../core/faces/packs/pack-types'
import { pyramidOf } from '../core/faces/images/raster'
import { openModelFile, sessionOptions } from '../core/faces/inference/session'

/**
 * What analyses are held against, in a thread of its own, as their models run in one: `bare` is every model of the
 * pack, from the file as published, run once on a tensor that lies ready, and sharp's plain decoding; `bare-opened` the
 * same with the models as we open them, see openModelFile; `embedding` is our way from the bytes to the
 * largest face's embedding; `face-api` the same way of @vladmandic/face-api.
 */
export type Contender = 'bare' | 'bare-opened' | 'embedding' | 'face-api'

interface Setup {
  pack: InstalledPack
  /** A folder whose node_modules have @vladmandic/face-api, @tensorflow/tfjs and its WebAssembly backend. */
  faceApi: string | undefined
}

interface Reply {
  ms: number
  found: boolean
}

export interface BareThread {
  /** One photo; milliseconds as the thread itself measures them, so without the way there and back. */
  run: (contender: Contender, bytes: Uint8Array) => Promise<Reply>
  close: () => Promise<number>
}

/** Starts the thread from the bundle that calls {@link serveBare} in threads; resolves when its models are loaded. */
export async function startBare(entry: string, setup: Setup): Promise<BareThread> {
  const worker = new Worker(entry, { workerData: setup, name: 'bare' })
  const next = () =>
    new Promise<Reply>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (reply: Reply) => {
        worker.off('error', reject)
        resolve(reply)
      })
    })
  await next()
  return {
    run(contender, bytes) {
      worker.postMessage({ contender, bytes })
      return next()
    },
    close: () => worker.terminate(),
  }
}

type Contest = (bytes: Uint8Array) => Promise<boolean>

/** The thread's side. */
export async function serveBare(): Promise<void> {
  sharp.concurrency(1)
  sharp.cache(false)
  const { pack, faceApi } = workerData as Setup
  const contests: Partial<Record<Contender, Contest>> = {
    bare: await bareOf(pack, readFile),
    'bare-opened': await bareOf(pack, openModelFile),
    embedding: await embeddingOf(pack),
    ...(faceApi ? { 'face-api': await faceApiOf(faceApi) } : {}),
  }
  parentPort?.on('message', ({ contender, bytes }: { contender: Contender; bytes: Uint8Array }) => {
    void (async () => {
      const started = performance.now()
      const found = await contests[contender]?.(bytes)
      parentPort?.postMessage({ ms: performance.now() - started, found: found === true } satisfies Reply)
    })()
  })
  parentPort?.postMessage({ ms: 0, found: false } satisfies Reply)
}

async function bareOf(pack: InstalledPack, read: (path: string) => Promise<Buffer>): Promise<Contest> {
  const ready = await Promise.all(
    roleFilesOf(pack).map(async ({ path, definition: { input } }) => {
      const session = await InferenceSession.create(await read(path), sessionOptions('cpu'))
      const channels = input.colour === 'grey' ? 1 : 3
      const shape = [1, channels, input.height, input.width]
      const values = Float32Array.from({ length: channels * input.height * input.width }, (_, at) =>
        Math.sin(at),
      )
      return { session, feeds: { [session.inputNames[0]]: new Tensor('float32', values, shape) } }
    }),
  )
  return async (bytes) => {
    await sharp(bytes).raw().toBuffer()
    for (const { session, feeds } of ready) await session.run(feeds)
    return true
  }
}

async function embeddingOf(pack: InstalledPack): Promise<Contest> {
  const models = await openModels(pack)
  return async (bytes) => {
    const pyramid = pyramidOf((await decodeImage(bytes)).raster)
    const [face] = await locateFaces(models, pyramid)
    if (!face) return false
    const { patch } = alignFace(pyramid, fivePointsOf(face.landmarks.points))
    await embed(models.recogniser, patch)
    return true
  }
}

/** As much of the other library as is called here. */
interface FaceApi {
  nets: Record<
    'tinyFaceDetector' | 'faceLandmark68Net' | 'faceRecognitionNet',
    { loadFromDisk: (folder: string) => Promise<void> }
  >
  TinyFaceDetectorOptions: new (options: { inputSize: number }) => object
  detectSingleFace: (
    image: object,
    options: object,
  ) => { withFaceLandmarks: () => { withFaceDescriptor: () => Promise<object | undefined> } }
}
interface TensorFlow {
  setBackend: (name: string) => Promise<boolean>
  tensor3d: (values: Int32Array, shape: number[], type: string) => { dispose: () => void }
}

/** Its own detector for speed at the size that it starts with, on WebAssembly: tfjs-node has no binary for every machine. */
async function faceApiOf(folder: string): Promise<Contest> {
  const load = createRequire(join(folder, 'package.json'))
  const modules = join(folder, 'node_modules')
  const tf = load('@tensorflow/tfjs') as TensorFlow
  const wasm = load('@tensorflow/tfjs-backend-wasm') as { setWasmPaths: (folder: string) => void }
  wasm.setWasmPaths(join(modules, '@tensorflow/tfjs-backend-wasm/dist/'))
  const api = load('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of tfjs does not start.')
  for (const net of ['tinyFaceDetector', 'faceLandmark68Net', 'faceRecognitionNet'] as const) {
    await api.nets[net].loadFromDisk(join(modules, '@vladmandic/face-api/model'))
  }
  const options = new api.TinyFaceDetectorOptions({ inputSize: 416 })
  return async (bytes) => {
    const image = sharp(bytes).autoOrient().flatten().toColourspace('srgb').raw()
    const { data, info } = await image.toBuffer({ resolveWithObject: true })
    const tensor = tf.tensor3d(new Int32Array(data), [info.height, info.width, 3], 'int32')
    const face = await api.detectSingleFace(tensor, options).withFaceLandmarks().withFaceDescriptor()
    tensor.dispose()
    return face !== undefined
  }
}
