import { Worker } from 'node:worker_threads'
import { isComplete, type DatabaseReply, type DatabaseRequest, type DatabaseStart } from './database-protocol'

/** The engine in its thread. Requests are answered one after the other. */
export interface DatabaseThread {
  /** Sends wire protocol, resolves with the answer. Ends the thread where the answer is none. */
  exchange(bytes: Uint8Array): Promise<Uint8Array>
  /** Forgets the session of the client before. */
  reset(): Promise<void>
  /** The data directory as a tar archive. */
  dump(): Promise<Uint8Array>
  close(): Promise<void>
  /** Stops at once, whatever it is doing. What was committed is kept. */
  kill(reason: Error): Promise<void>
  /** Resolves when the thread is gone, with the reason, or with null after `close`. */
  readonly ended: Promise<Error | null>
}

/** Deeper than what `max_stack_depth` allows needs on the thread's own stack, so that the check comes first. */
const stackSizeMb = 64

/** How long the engine may take to open: it may have a crash to recover from. */
const startTimeoutMs = 10 * 60_000

/** How long the engine may take to close before its thread is ended. */
const closeTimeoutMs = 10_000

/**
 * Starts the engine.
 *
 * @param entry the built database-worker.js
 * @param timeoutMs how long one exchange may take; nothing can be cancelled, so the thread ends after it
 * @throws Error where the data can't be opened
 */
export async function startThread(
  entry: string,
  start: DatabaseStart,
  timeoutMs: number,
): Promise<DatabaseThread> {
  const worker = new Worker(entry, { workerData: start, resourceLimits: { stackSizeMb } })
  const { ask, expect, kill, ended } = correspond(worker)
  try {
    await expect(startTimeoutMs)
  } catch (error) {
    await worker.terminate()
    throw error
  }
  let closing: Promise<unknown> | undefined
  return {
    ended,
    kill,
    async exchange(bytes) {
      const answer = await ask({ kind: 'exchange', bytes }, timeoutMs)
      if (isComplete(answer)) return answer
      const wreck = new Error('The embedded database broke at this statement and starts anew.')
      await kill(wreck)
      throw wreck
    },
    async reset() {
      await ask({ kind: 'reset' }, timeoutMs)
    },
    dump: () => ask({ kind: 'dump' }, timeoutMs),
    async close() {
      // A thread that doesn't close is ended; one that is gone already is closed.
      closing ??= ask({ kind: 'close' }, closeTimeoutMs).catch(() => worker.terminate())
      await closing
      await ended
    },
  }
}

interface Pending {
  resolve: (bytes: Uint8Array) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

/** Requests and their answers, which come in the same order. */
function correspond(worker: Worker) {
  const queue: Pending[] = []
  let reason: Error | null = null
  let closing = false

  worker.on('message', (reply: DatabaseReply) => {
    const pending = queue.shift()
    clearTimeout(pending?.timer)
    if (reply.ok) pending?.resolve(reply.bytes)
    else pending?.reject(new Error(reply.message))
  })
  worker.on('error', (error) => {
    reason ??= error
  })
  const ended = new Promise<Error | null>((resolve) => {
    worker.on('exit', (code) => {
      if (!closing) reason ??= new Error(`The embedded database's thread ended with code ${code}.`)
      for (const pending of queue.splice(0)) {
        clearTimeout(pending.timer)
        pending.reject(reason ?? closed())
      }
      resolve(reason)
    })
  })

  async function kill(error: Error): Promise<void> {
    reason ??= error
    await worker.terminate()
  }

  function expect(limitMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        void kill(new Error(`The embedded database gave no answer for ${limitMs / 1000} s.`))
      }, limitMs)
      queue.push({ resolve, reject, timer })
    })
  }

  function ask(request: DatabaseRequest, limitMs: number): Promise<Uint8Array> {
    if (closing || reason) return Promise.reject(reason ?? closed())
    if (request.kind === 'close') closing = true
    worker.postMessage(request)
    return expect(limitMs)
  }

  return { ask, expect, kill, ended }
}

function closed(): Error {
  return new Error('The embedded database is closed.')
}
