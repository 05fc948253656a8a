import { SemblanceError } from '../../model/errors'
import type { ImageAnalysis } from '../../model/face'
import { defaultLimits, type DecodeLimits } from '../images/decode'
import type { AnalysisWishes } from './face-messages'
import type { InstalledPack } from '../packs/packs'
import type { ProviderChoice } from '../inference/provider-choice'
import type { ProviderReport } from '../inference/providers'
import { WorkerLost, type PoolWorker } from './pool-worker'
import { startCrew, type Log } from './worker-crew'

/** Analyses images in processes of their own, each of one thread. Any number of calls at once; each waits for its turn. */
export interface FacePool {
  /**
   * The bytes stay the caller's. An image whose worker crashes or hangs gets one more attempt in a new one.
   * @throws SemblanceError IMAGE_REJECTED where the image can't be used (`data.reason`), or cost two workers their
   *   life (`data.analysis`: 'crashed' or 'timeout'); UNAVAILABLE where too many wait, or no worker can be started
   * @throws the signal's reason where it aborts
   */
  analyze: (
    bytes: Uint8Array,
    options?: AnalysisWishes & { signal?: AbortSignal | undefined },
  ) => Promise<ImageAnalysis>
  status: () => FacePoolStatus
  /** Refuses what waits, lets what runs finish, ends the workers. */
  close: () => Promise<void>
}

export interface FacePoolStatus {
  embedding_model: string
  /** What the models run on, how fast and how large they are there, and what was tried before. */
  report: ProviderReport
  /** Workers wanted, each of one thread, and how many of them are up. */
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
  /** Workers; 1 where not given. */
  size?: number
  /** For one image; a minute where not given. */
  timeoutMs?: number
  /** Images that may wait; 256 where not given. */
  maxQueued?: number
  limits?: DecodeLimits
  /** `cpu` where not given: the answers are the same bit for bit on every machine of its kind. */
  provider?: ProviderChoice
  log?: Log
}

interface Job {
  bytes: Uint8Array
  wishes: AnalysisWishes
  attempts: number
  resolve: (analysis: ImageAnalysis) => void
  reject: (error: Error) => void
  isCancelled: boolean
}

/** Opens the pool; resolves when all its workers have loaded the models. @throws Error where one can't */
export async function createFacePool(options: FacePoolOptions): Promise<FacePool> {
  const {
    pack,
    workerEntry,
    size = 1,
    timeoutMs = 60_000,
    maxQueued = 256,
    limits = defaultLimits,
    provider = 'cpu',
    log,
  } = options
  const running = new Set<Promise<void>>()
  const queue: Job[] = []
  const counts = { completed: 0, failed: 0 }
  let isClosed = false

  function dispatch(): void {
    while (queue.length > 0) {
      const worker = crew.take()
      const job = worker && queue.shift()
      if (!job) return
      const task: Promise<void> = run(worker, job).finally(() => {
        running.delete(task)
        crew.release(worker)
        dispatch()
      })
      running.add(task)
    }
  }

  async function run(worker: PoolWorker, job: Job): Promise<void> {
    job.attempts++
    try {
      const analysis = await worker.analyze(job.bytes, job.wishes)
      counts.completed++
      job.resolve(analysis)
    } catch (error) {
      const isLost = error instanceof WorkerLost
      // Workers may be ended together with their host, which says nothing of the image.
      if (isLost && isClosed) return job.reject(unavailable(closing, error))
      if (isLost && job.attempts < 2 && !job.isCancelled) {
        queue.unshift(job)
        return
      }
      counts.failed++
      job.reject(isLost ? poisoned(error) : (error as Error))
    }
  }

  const analyze: FacePool['analyze'] = (bytes, { signal, ...wishes } = {}) => {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (isClosed) throw unavailable(closing)
      if (queue.length >= maxQueued) {
        throw unavailable(`${queue.length} images wait to be analysed already. Try again in a moment.`)
      }
      const job: Job = { bytes, wishes, attempts: 0, resolve, reject, isCancelled: false }
      if (signal) cancelOn(signal, job, queue)
      queue.push(job)
      dispatch()
    })
  }

  function refuseWaiting(message: string, cause?: unknown): void {
    for (const job of queue.splice(0)) job.reject(unavailable(message, cause))
  }

  const crew = await startCrew({
    workerEntry,
    data: { pack, limits, provider },
    timeoutMs,
    size,
    log,
    // Nothing waits before the first worker is up, and the name is bound by then.
    onReady: () => queue.length > 0 && dispatch(),
    onExhausted: (error) => refuseWaiting('The face models could not be started.', error),
  })
  return {
    analyze,
    status: () => ({
      embedding_model: pack.embeddingModel,
      threads: size,
      ...crew.status(),
      busy: running.size,
      queued: queue.length,
      ...counts,
    }),
    async close() {
      isClosed = true
      refuseWaiting(closing)
      await Promise.all(running)
      await crew.close()
    },
  }
}

/** Rejects the job as soon as the signal aborts; one that runs already is finished by its worker and dropped. */
function cancelOn(signal: AbortSignal, job: Job, queue: Job[]): void {
  const { resolve, reject } = job
  const onAbort = () => {
    job.isCancelled = true
    const place = queue.indexOf(job)
    if (place >= 0) queue.splice(place, 1)
    reject(signal.reason as Error)
  }
  const settled = () => signal.removeEventListener('abort', onAbort)
  job.resolve = (analysis) => (settled(), resolve(analysis))
  job.reject = (error) => (settled(), reject(error))
  signal.addEventListener('abort', onAbort, { once: true })
}

const closing = 'The face models are being shut down.'

const unavailable = (message: string, cause?: unknown) =>
  new SemblanceError('UNAVAILABLE', message, undefined, { cause })

const poisoned = (error: WorkerLost) =>
  new SemblanceError(
    'IMAGE_REJECTED',
    error.reason === 'timeout'
      ? 'The image took too long to analyse, twice. Save it smaller or in another format and try again.'
      : 'The analysis broke down on this image, twice. Save it in another format and try again.',
    { reason: 'broken_image', analysis: error.reason },
    { cause: error },
  )
