import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { createFacePool, type FacePool } from '../core/faces/pool/pool'
import { serveBare, startBare, type BareThread } from './faces-bare'
import { memoryHeld, processTime, watchLoop, type LoopDelays } from './faces-load'
import { findPhotos, readPhotos, starterPack } from './faces-photos'
import { median, scalingOf, scalingRows } from './faces-scaling'

/**
 * The speed of face analysis, held in one run against what its models and decoder cost by themselves, photo by photo
 * in turns, so that what else the machine does falls on both. See docs/faces.md for how the figures are come by.
 */
const needed = { overBare: 1.2, twoWorkers: 1.8, driftMb: 50, blockedMs: 20 }

interface Context {
  root: string
  say: (line: string) => void
  /** 1,000 photos against face-api, 10,000 for memory: a quarter of an hour. */
  isFull: boolean
}

const repeats = 5

export default async function faces({ root, say, isFull }: Context) {
  const photos = findPhotos(root)
  if (!photos) {
    say(
      `Skipped: there are no photos at ${join(root, '../shared/photos')}; name a folder in SEMBLANCE_PHOTOS.`,
    )
    return { rows: [], result: { skipped: 'no photos' }, passed: true }
  }
  const sizes = isFull ? { rivals: 1000, memory: 10_000 } : { rivals: 100, memory: 1500 }
  const faceApi = process.env['SEMBLANCE_FACE_API']
  if (!faceApi)
    say(
      'Without @vladmandic/face-api: SEMBLANCE_FACE_API names a folder whose node_modules have it and tfjs.',
    )
  const pack = await starterPack()
  const workerEntry = join(root, 'out/main/face-worker.js')
  const entry = fileURLToPath(import.meta.url)
  const [one, two, bare, second] = await Promise.all([
    createFacePool({ pack, workerEntry, size: 1 }),
    createFacePool({ pack, workerEntry, size: 2 }),
    startBare(entry, { pack, faceApi }),
    startBare(entry, { pack, faceApi: undefined }),
  ])
  try {
    const lfw = await readPhotos(join(photos, 'lfw'), Math.max(60, sizes.rivals))
    const grey = await withOneFace(one, lfw.slice(0, 60))
    const colour = await withOneFace(one, await readPhotos(join(photos, 'colour'), 20))
    const watch = watchLoop()
    say(`${grey.length} grey and ${colour.length} colour photos of one face, ${repeats} times each, in turns`)
    const overBare = [await overBareOf(one, bare, grey), await overBareOf(one, bare, colour)]
    say('One worker and two, and bare models in one thread and in two, in turns')
    const scaling = await scalingOf({ one, two }, [bare, second], grey)
    say(`${sizes.memory} photos through two workers`)
    const driftMb = await driftOf(two, [...grey, ...grey, ...grey, ...colour.slice(0, 4)], sizes.memory)
    say(`${sizes.rivals} photos to their embeddings`)
    const rivals = await rivalsOf(bare, lfw.slice(0, sizes.rivals), faceApi !== undefined)
    return summary({ overBare, scaling, driftMb, rivals, loop: watch.stop(), sizes })
  } finally {
    await Promise.all([one.close(), two.close(), bare.close(), second.close()])
  }
}

async function withOneFace(pool: FacePool, photos: Buffer[]): Promise<Buffer[]> {
  const kept: Buffer[] = []
  for (const bytes of photos) if ((await pool.analyze(bytes)).faces.length === 1) kept.push(bytes)
  return kept
}

interface OverBare {
  photos: number
  /** Milliseconds a photo. */
  ours: number
  bare: number
  oursCpu: number
  bareCpu: number
  openedCpu: number
}

const processorMs = () => processTime().ran

/** The quickest of several runs of every photo: the least that is somebody else's doing. */
async function overBareOf(pool: FacePool, thread: BareThread, photos: Buffer[]): Promise<OverBare> {
  const sums = { ours: 0, bare: 0, oursCpu: 0, bareCpu: 0, openedCpu: 0 }
  for (const bytes of photos) {
    const least = {
      ours: Infinity,
      bare: Infinity,
      oursCpu: Infinity,
      bareCpu: Infinity,
      openedCpu: Infinity,
    }
    for (let repeat = 0; repeat < repeats; repeat++) {
      const start = processorMs()
      const started = performance.now()
      await pool.analyze(bytes)
      least.ours = Math.min(least.ours, performance.now() - started)
      const middle = processorMs()
      least.bare = Math.min(least.bare, (await thread.run('bare', bytes)).ms)
      least.oursCpu = Math.min(least.oursCpu, middle - start)
      const late = processorMs()
      least.bareCpu = Math.min(least.bareCpu, late - middle)
      await thread.run('bare-opened', bytes)
      least.openedCpu = Math.min(least.openedCpu, processorMs() - late)
    }
    for (const key of ['ours', 'bare', 'oursCpu', 'bareCpu', 'openedCpu'] as const)
      sums[key] += least[key] / photos.length
  }
  return { photos: photos.length, ...sums }
}

/** Megabytes by which the processes are larger in the last tenth than in the second, the first being to warm up. */
async function driftOf(pool: FacePool, photos: Buffer[], count: number): Promise<number> {
  const sizes: number[] = []
  let next = 0
  async function work() {
    while (next < count) {
      await pool.analyze(photos[next++ % photos.length])
      sizes.push(memoryHeld())
    }
  }
  await Promise.all([work(), work()])
  const tenth = Math.floor(count / 10)
  return median(sizes.slice(-tenth)) - median(sizes.slice(tenth, 2 * tenth))
}

async function rivalsOf(thread: BareThread, photos: Buffer[], hasFaceApi: boolean) {
  const names = hasFaceApi ? (['embedding', 'face-api'] as const) : (['embedding'] as const)
  const sums = { embedding: { ms: 0, found: 0 }, 'face-api': { ms: 0, found: 0 } }
  // Their first runs build kernels and caches.
  for (const name of names) await thread.run(name, photos[0])
  for (const bytes of photos) {
    for (const name of names) {
      const { ms, found } = await thread.run(name, bytes)
      sums[name].ms += ms / photos.length
      if (found) sums[name].found++
    }
  }
  return { ...sums, ratio: hasFaceApi ? sums['face-api'].ms / sums.embedding.ms : null }
}

interface Measured {
  overBare: OverBare[]
  scaling: Awaited<ReturnType<typeof scalingOf>>
  driftMb: number
  rivals: Awaited<ReturnType<typeof rivalsOf>>
  loop: LoopDelays
  sizes: { rivals: number; memory: number }
}

function summary({ overBare, scaling, driftMb, rivals, loop, sizes }: Measured) {
  const all = (key: Exclude<keyof OverBare, 'photos'>) =>
    overBare.reduce((sum, set) => sum + set[key] * set.photos, 0)
  const ratio = all('ours') / all('bare')
  const cpuRatio = all('oursCpu') / all('bareCpu')
  const openedRatio = all('oursCpu') / all('openedCpu')
  const ms = (value: number) => `${value.toFixed(1)} ms`
  const rows = [
    ...overBare.map(({ photos, ours, bare }, index) => ({
      measure: `analyze, ${photos} ${index === 0 ? 'grey photos of 250²' : 'colour photos'}`,
      value: `${ms(ours)}, bare ${ms(bare)}: ${(ours / bare).toFixed(2)}`,
      needed: '',
    })),
    { measure: 'analyze over bare, by the clock', value: ratio.toFixed(3), needed: `≤ ${needed.overBare}` },
    { measure: 'analyze over bare, by processor time', value: cpuRatio.toFixed(3), needed: 'or this' },
    { measure: '… over the models as we open them', value: openedRatio.toFixed(3), needed: '' },
    ...scalingRows(scaling, needed.twoWorkers),
    {
      measure: `memory over ${sizes.memory} photos`,
      value: `${driftMb.toFixed(1)} MB`,
      needed: `< ${needed.driftMb} MB`,
    },
    {
      measure: 'event loop held up by ourselves, at most',
      value: loop.own === null ? 'unknown here' : ms(loop.own),
      needed: `≤ ${needed.blockedMs} ms`,
    },
    {
      measure: '… by anything, at most; 999 of 1,000',
      value: `${ms(loop.longest)}; ${ms(loop.usual)}`,
      needed: '',
    },
    {
      measure: `detection + embedding, ${sizes.rivals} photos`,
      value: `${ms(rivals.embedding.ms)}, ${rivals.embedding.found} found`,
      needed: '',
    },
    {
      measure: '… @vladmandic/face-api, WebAssembly',
      value:
        rivals.ratio === null
          ? 'not installed'
          : `${ms(rivals['face-api'].ms)}, ${rivals['face-api'].found} found: ${rivals.ratio.toFixed(1)} times ours`,
      needed: '',
    },
    {
      measure: `load of ${cpus().length} cores`,
      value: loadavg()
        .map((load) => load.toFixed(1))
        .join(' '),
      needed: '',
    },
  ]
  const passed =
    // Waiting for a core, of which a loaded machine has none to give, counts by the clock alone.
    Math.min(ratio, cpuRatio) <= needed.overBare &&
    scaling.ours.perCore >= needed.twoWorkers &&
    Math.abs(driftMb) < needed.driftMb &&
    (loop.own ?? loop.longest) <= needed.blockedMs
  return {
    rows,
    result: {
      ratio,
      cpuRatio,
      openedRatio,
      overBare,
      scaling,
      driftMb,
      rivals,
      loop,
      sizes,
      load: loadavg(),
    },
    passed,
  }
}

if (!isMainThread) await serveBare()
