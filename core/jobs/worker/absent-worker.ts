import { SemblanceError } from '../../model/errors'
import type { WorkerStatus } from '../../model/status'
import type { Worker } from '../worker'

/** The worker of a host that can do no jobs: it says why, and leaves the queue to others. */
export function createAbsentWorker(id: string, reason: string): Worker {
  const status: WorkerStatus = {
    ...{ id, state: 'stopped', message: reason, running: 0, completed: 0, failed: 0 },
    started_at: new Date(),
  }
  return {
    start: () => undefined,
    drain: () => Promise.reject(new SemblanceError('UNAVAILABLE', reason)),
    dismissed: () => new Promise(() => undefined),
    stop: () => Promise.resolve(),
    status: () => status,
    onStatus: () => () => undefined,
  }
}
