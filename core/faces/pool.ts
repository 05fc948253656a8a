import { SemblanceError } from '../model/errors'
import type { ImageAnalysis } from '../model/face'
import { defaultLimits, type DecodeLimits } from './decode'
import type { InstalledPack } from './packs'
import { startWorker, WorkerLost, type PoolWorker } from './pool-worker'

/** Analyses images in threads of their own. Any number of calls at once; each waits for its turn. */
export interface FacePool {
  /**
   * The bytes stay the caller's. An image whose worker crashes or hangs gets one more attempt in a new one.
   * @throws SemblanceError IMAGE_REJECTED where the image can't be used (`data.reason`), or cost two workers their
   *   life (`data.analysis`: 'crashed' or 'timeout'); UNAVAILABLE where too many wait, or no worker can be started
   * @throws the signal's reason where it aborts
   */
  analyze(bytes: Uint8Array, options?: { signal?: AbortSignal | undefined }): Promise<ImageAnalysis>
  status(): FacePoolStatus
  /** Refuses what waits, lets what runs finish, ends the threads. */
  close(): Promise<void>
}

export interface FacePoolStatus {
  embedding_model: string
  provider: string
  /** Threads wanted, and how many of them are up. */
  threads: number
  ready: number
  busy: number
  queued: number
  completed: number
  failed: number
  /** Workers that were lost and replaced. */
  replaced: number
}

export interface FacePoolOptions {
  pack: InstalledPack
  /** The built face-worker.js. */
  workerEntry: string
  /** Threads; 1 where not given. */
  size?: number
  /** For one image; a minute where not given. */
  timeoutMs?: number
  /** Images that may wait; 256 where not given. */
  maxQueued?: number
  limits?: DecodeLimits
  log?: { warn(details: object, message: string): void }
}

interface Job {
  bytes: Uint8Array
  attempts: number
  resolve(analysis: ImageAnalysis): void
  reject(error: unknown): void
  isCancelled: boolean
}

/** Milliseconds to wait before a worker that did not start is tried again; the last one for good. */
const restartDelays = [0, 1000, 5000, 30_000]

/** Opens the pool; resolves when all its workers have loaded the models. @throws Error where one can't */
export async function createFacePool(options: FacePoolOptions): Promise<FacePool> {
  const {
    pack,
    workerEntry,
    size = 1,
    timeoutMs = 60_000,
    maxQueued = 256,
    limits = defaultLimits,
    log,
  } = options
  const idle: PoolWorker[] = []
  const alive = new Set<PoolWorker>()
  const running = new Set<Promise<void>>()
  const queue: Job[] = []
  const counts = { completed: 0, failed: 0, replaced: 0 }
  const timers = new Set<NodeJS.Timeout>()
  let isClosed = false

  async function addWorker(): Promise<void> {
    let started: PoolWorker | undefined
    const onLost = (error: WorkerLost) => {
      // A worker that never came up is its starter's business.
      if (!started) return
      alive.delete(started)
      const place = idle.indexOf(started)
      if (place >= 0) idle.splice(place, 1)
      counts.replaced++
      log?.warn({ err: error }, 'a face worker was lost and is replaced')
      replace(0)
    }
    started = await startWorker({ workerEntry, data: { pack, limits }, timeoutMs, onLost })
    if (isClosed) return started.close()
    alive.add(started)
    idle.push(started)
    dispatch()
  }

  function replace(failures: number): void {
    if (isClosed) return
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        addWorker().catch((error: unknown) => {
          log?.warn({ err: error }, 'a face worker could not be started')
          if (alive.size === 0 && failures > 0)
            refuseAll(queue, 'The face models could not be started.', error)
          replace(failures + 1)
        })
      },
      restartDelays[Math.min(failures, restartDelays.length - 1)],
    )
    timers.add(timer)
  }

  function dispatch(): void {
    while (idle.length > 0 && queue.length > 0) {
      const job = queue.shift()!
      if (job.isCancelled) continue
      const task: Promise<void> = run(idle.pop()!, job).finally(() => running.delete(task))
      running.add(task)
    }
  }

  async function run(worker: PoolWorker, job: Job): Promise<void> {
    job.attempts++
    try {
      const analysis = await worker.analyze(job.bytes)
      counts.completed++
      job.resolve(analysis)
    } catch (error) {
      if (error instanceof WorkerLost && job.attempts < 2 && !job.isCancelled && !isClosed) {
        queue.unshift(job)
      } else {
        counts.failed++
        job.reject(error instanceof WorkerLost ? poisoned(error) : error)
      }
    }
    if (alive.has(worker)) idle.push(worker)
    dispatch()
  }

  function analyze(
    bytes: Uint8Array,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<ImageAnalysis> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (isClosed) return reject(new SemblanceError('UNAVAILABLE', 'The face models are being shut down.'))
      if (queue.length >= maxQueued) {
        const message = `${queue.length} images wait to be analysed already. Try again in a moment.`
        return reject(new SemblanceError('UNAVAILABLE', message))
      }
      const job: Job = { bytes, attempts: 0, resolve, reject, isCancelled: false }
      if (signal) cancelOn(signal, job, queue)
      queue.push(job)
      dispatch()
    })
  }

  async function close(): Promise<void> {
    isClosed = true
    for (const timer of timers) clearTimeout(timer)
    refuseAll(queue, 'The face models are being shut down.')
    await Promise.all(running)
    await Promise.all([...alive].map((worker) => worker.close()))
  }

  const starts = await Promise.allSettled(Array.from({ length: size }, addWorker))
  const failure = starts.find((start) => start.status === 'rejected')
  if (failure) {
    await close()
    throw failure.reason
  }
  return {
    analyze,
    close,
    status: () => ({
      embedding_model: pack.embeddingModel,
      provider: 'cpu',
      threads: size,
      ready: alive.size,
      busy: running.size,
      queued: queue.length,
      ...counts,
    }),
  }
}

/** Rejects the job as soon as the signal aborts; one that runs already is finished by its worker and dropped. */
function cancelOn(signal: AbortSignal, job: Job, queue: Job[]): void {
  const { resolve, reject } = job
  const onAbort = () => {
    job.isCancelled = true
    const place = queue.indexOf(job)
    if (place >= 0) queue.splice(place, 1)
    reject(signal.reason)
  }
  const settled = () => signal.removeEventListener('abort', onAbort)
  job.resolve = (analysis) => (settled(), resolve(analysis))
  job.reject = (error) => (settled(), reject(error))
  signal.addEventListener('abort', onAbort, { once: true })
}

function refuseAll(queue: Job[], message: string, cause?: unknown): void {
  for (const job of queue.splice(0))
    job.reject(new SemblanceError('UNAVAILABLE', message, undefined, { cause }))
}

const poisoned = (error: WorkerLost) =>
  new SemblanceError(
    'IMAGE_REJECTED',
    error.reason === 'timeout'
      ? 'The image took too long to analyse, twice. Save it smaller or in another format and try again.'
      : 'The analysis broke down on this image, twice. Save it in another format and try again.',
    { reason: 'broken_image', analysis: error.reason },
    { cause: error },
  )
