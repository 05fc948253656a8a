import type { ProviderReport } from '../inference/providers'
import { startWorker, type PoolWorker, type StartOptions } from './pool-worker'

/** As much of a logger as is needed here. */
export interface Log {
  warn: (details: object, message: string) => void
}

/** A fixed number of worker processes; one that is lost is replaced. */
export interface WorkerCrew {
  /** An idle worker, which is the caller's until it is given back. */
  take: () => PoolWorker | undefined
  /** Gives a worker back; one that was lost meanwhile is forgotten. */
  release: (worker: PoolWorker) => void
  /** `report` is that of the worker that came up last. */
  status: () => { ready: number; replaced: number; report: ProviderReport }
  close: () => Promise<void>
}

interface CrewOptions extends StartOptions {
  size: number
  /** A worker came up and is idle. */
  onReady: () => void
  /** No worker is left and none could be started. */
  onExhausted: (error: unknown) => void
  log: Log | undefined
}

/** Milliseconds to wait before a worker that did not start is tried again; the last one for good. */
const restartDelays = [0, 1000, 5000, 30_000]

/** Resolves when all workers have loaded the models. @throws WorkerLost where one can't */
export async function startCrew(options: CrewOptions): Promise<WorkerCrew> {
  const { size, onReady, onExhausted, log, ...startOptions } = options
  const idle: PoolWorker[] = []
  const alive = new Set<PoolWorker>()
  const timers = new Set<NodeJS.Timeout>()
  let replaced = 0
  let report!: ProviderReport
  let isClosed = false

  async function addWorker(): Promise<void> {
    const worker = await startWorker(startOptions)
    if (isClosed) return worker.close()
    void worker.lost.then((error) => {
      alive.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      replaced++
      log?.warn({ err: error }, 'a face worker was lost and is replaced')
      replace(0)
    })
    report = worker.report
    alive.add(worker)
    idle.push(worker)
    onReady()
  }

  function replace(failures: number): void {
    if (isClosed) return
    const delay = restartDelays[Math.min(failures, restartDelays.length - 1)]
    const timer = setTimeout(() => {
      timers.delete(timer)
      addWorker().catch((error: unknown) => {
        log?.warn({ err: error }, 'a face worker could not be started')
        if (alive.size === 0 && failures > 0) onExhausted(error)
        replace(failures + 1)
      })
    }, delay)
    timers.add(timer)
  }

  async function close(): Promise<void> {
    isClosed = true
    for (const timer of timers) clearTimeout(timer)
    await Promise.all([...alive].map((worker) => worker.close()))
  }

  const starts = await Promise.allSettled(Array.from({ length: size }, addWorker))
  const failure = starts.find((start) => start.status === 'rejected')
  if (failure) {
    await close()
    throw failure.reason
  }
  return {
    take: () => idle.pop(),
    release(worker) {
      if (alive.has(worker)) idle.push(worker)
    },
    status: () => ({ ready: alive.size, replaced, report }),
    close,
  }
}
