import { Worker } from 'node:worker_threads'
import type { ImageAnalysis } from '../model/face'
import type { ProviderReport } from './providers'
import {
  fromFailure,
  type AnalysisWishes,
  type FaceReply,
  type FaceRequest,
  type FaceWorkerData,
} from './face-messages'

/** One face worker thread as its pool sees it: analyses one image at a time, and can be lost at any time. */
export interface PoolWorker {
  /**
   * @throws WorkerLost where the thread ended or took longer than allowed; it is of no more use then
   * @throws the image's own error
   */
  analyze(bytes: Uint8Array, wishes: AnalysisWishes): Promise<ImageAnalysis>
  /** What its models run on. */
  readonly report: ProviderReport
  /** Fulfilled when the thread has ended without being asked to. */
  readonly lost: Promise<WorkerLost>
  /** Lets the thread finish and ends it. */
  close(): Promise<void>
}

/** The thread ended, or was ended because it hung, while it had an image. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost'
  constructor(
    readonly reason: 'crashed' | 'timeout',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface StartOptions {
  workerEntry: string
  data: FaceWorkerData
  /** For one image, and for the start. */
  timeoutMs: number
}

/** JavaScript's own memory: images and models lie outside of it, so that more than this is an image gone wrong. */
const resourceLimits = { maxOldGenerationSizeMb: 512 }

const closeGraceMs = 5000

/** Starts a thread and resolves when its models are loaded. @throws WorkerLost where it does not come up */
export async function startWorker({ workerEntry, data, timeoutMs }: StartOptions): Promise<PoolWorker> {
  // What its libraries print (libheif does) is no result of a command, whose stdout this process's is.
  const worker = new Worker(workerEntry, { workerData: data, name: 'faces', stdout: true, resourceLimits })
  worker.stdout.resume()
  const pending = new Map<number, Deferred<ImageAnalysis | ProviderReport>>()
  let nextId = 1
  let cause: Error | undefined
  let lost: WorkerLost | undefined
  let isClosing = false
  const lostLater = deferred<WorkerLost>()

  const lose = (error: WorkerLost) => {
    if (lost) return
    lost = error
    if (!isClosing) lostLater.resolve(error)
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
    // Not awaited: a thread that hangs in native code ends only when that returns.
    void worker.terminate()
  }
  worker.on('error', (error: Error) => (cause = error))
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  void ended.then(() => {
    lose(
      new WorkerLost('crashed', `The face worker ended: ${cause?.message ?? 'no reason given'}`, { cause }),
    )
  })
  worker.on('message', (message: FaceReply) => {
    const id = message.type === 'ready' ? 0 : message.id
    const waiting = pending.get(id)
    pending.delete(id)
    if (message.type === 'failed') waiting?.reject(fromFailure(message.error))
    else waiting?.resolve(message.type === 'done' ? message.analysis : message.report)
  })

  /** Waits for the reply to `id`; a thread that does not give it in time is given up. */
  async function reply(id: number): Promise<ImageAnalysis | ProviderReport> {
    if (lost) throw lost
    const waiting = deferred<ImageAnalysis | ProviderReport>()
    pending.set(id, waiting)
    const seconds = Math.round(timeoutMs / 1000)
    const timer = setTimeout(
      () => lose(new WorkerLost('timeout', `The face worker gave no answer for ${seconds} s.`)),
      timeoutMs,
    )
    return waiting.promise.finally(() => clearTimeout(timer))
  }

  const report = (await reply(0)) as ProviderReport
  return {
    report,
    lost: lostLater.promise,
    async analyze(bytes, wishes) {
      const id = nextId++
      // One copy, handed over: the caller keeps the bytes, for the upload or for another attempt.
      const copy = new Uint8Array(bytes)
      worker.postMessage({ type: 'analyze', id, bytes: copy, wishes } satisfies FaceRequest, [copy.buffer])
      return (await reply(id)) as ImageAnalysis
    },
    async close() {
      isClosing = true
      worker.postMessage({ type: 'close' } satisfies FaceRequest)
      const timer = setTimeout(() => void worker.terminate(), closeGraceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

interface Deferred<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: Error) => void
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((onDone, onError) => {
    resolve = onDone
    reject = onError
  })
  return { promise, resolve, reject }
}
