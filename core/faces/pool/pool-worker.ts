import { fork, type ChildProcess } from 'node:child_process'
import type { ImageAnalysis } from '../../model/face'
import type { ProviderReport } from '../inference/providers'
import {
  fromFailure,
  type AnalysisWishes,
  type FaceReply,
  type FaceRequest,
  type FaceWorkerData,
} from './face-messages'
import { workerEnvironment, workerFlags } from './worker-environment'

/** One face worker process as its pool sees it: analyses one image at a time, and can be lost at any time. */
export interface PoolWorker {
  /**
   * @throws WorkerLost where the process ended or took longer than allowed; it is of no more use then
   * @throws the image's own error
   */
  analyze(bytes: Uint8Array, wishes: AnalysisWishes): Promise<ImageAnalysis>
  /** What its models run on. */
  readonly report: ProviderReport
  /** Fulfilled when the process has ended without being asked to. */
  readonly lost: Promise<WorkerLost>
  /** Ends the process. */
  close(): Promise<void>
}

/** The process ended, or was killed because it hung, while it had an image. */
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

const closeGraceMs = 5000

/** Starts a process and resolves when its models are loaded. @throws WorkerLost where it does not come up */
export async function startWorker({ workerEntry, data, timeoutMs }: StartOptions): Promise<PoolWorker> {
  // What its libraries print (libheif does) is no result of a command, whose stdout this process's is.
  const child = fork(workerEntry, [], {
    serialization: 'advanced',
    execArgv: workerFlags,
    env: workerEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const pending = new Map<number, Deferred<ImageAnalysis | ProviderReport>>()
  let nextId = 1
  let lost: WorkerLost | undefined
  let isClosing = false
  const lostLater = deferred<WorkerLost>()

  const lose = (error: WorkerLost) => {
    if (lost) return
    lost = error
    if (!isClosing) lostLater.resolve(error)
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
    child.kill('SIGKILL')
  }
  const ended = endOf(child)
  void ended.then((reason) => lose(new WorkerLost('crashed', `The face worker ended: ${reason}`)))
  child.on('message', (message: FaceReply) => {
    const id = message.type === 'ready' ? 0 : message.id
    const waiting = pending.get(id)
    pending.delete(id)
    if (message.type === 'failed') waiting?.reject(fromFailure(message.error))
    else waiting?.resolve(message.type === 'done' ? message.analysis : message.report)
  })
  // A process that has ended can't be written to; that it has is told by its end.
  const post = (request: FaceRequest) => child.connected && child.send(request, () => undefined)

  /** Posts a request and waits for the reply to `id`; a process that does not give it in time is killed. */
  async function ask(id: number, request: FaceRequest): Promise<ImageAnalysis | ProviderReport> {
    if (lost) throw lost
    const waiting = deferred<ImageAnalysis | ProviderReport>()
    pending.set(id, waiting)
    const seconds = Math.round(timeoutMs / 1000)
    const timer = setTimeout(
      () => lose(new WorkerLost('timeout', `The face worker gave no answer for ${seconds} s.`)),
      timeoutMs,
    )
    post(request)
    return waiting.promise.finally(() => clearTimeout(timer))
  }

  const report = (await ask(0, { type: 'open', data })) as ProviderReport
  return {
    report,
    lost: lostLater.promise,
    async analyze(bytes, wishes) {
      const id = nextId++
      return (await ask(id, { type: 'analyze', id, bytes, wishes })) as ImageAnalysis
    },
    async close() {
      isClosing = true
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), closeGraceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

/** How a line begins that says why a process broke down: JavaScript's errors, V8's, C++'s. */
const lastWords = /^(\w*Error\b|FATAL ERROR|terminate called)/

/** Resolves when the process has ended, with the reason: what it said of it, its signal or its exit code. */
async function endOf(child: ChildProcess): Promise<string> {
  let tail = ''
  const { stderr } = child
  stderr?.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-2000)))
  // Not `close`, which Node does not tell of a process that was disconnected from. What it wrote last may come late.
  const said = stderr && new Promise((resolve) => stderr.once('close', resolve))
  const [code, signal] = await new Promise<[number | null, string | null] | [Error]>((resolve) => {
    child.once('error', (error) => resolve([error]))
    child.once('exit', (...end) => resolve(end))
  })
  if (code instanceof Error) return code.message
  await said
  const line = tail.split('\n').findLast((text) => lastWords.test(text))
  const end = signal ? `signal ${signal}` : `exit code ${code}`
  return line ? `${line} (${end})` : end
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
