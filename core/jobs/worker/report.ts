import type { WorkerStatus } from '../../model/status'
import type { JobOutcome } from './run-job'

/** What the worker says of itself, and to whom. */
export interface Report {
  status: () => WorkerStatus
  become: (state: WorkerStatus['state'], running: number, message?: string | null) => void
  count: (outcome: JobOutcome | null, running: number) => void
  subscribe: (listener: (status: WorkerStatus) => void) => () => void
}

export function createReport(id: () => string): Report {
  const listeners = new Set<(status: WorkerStatus) => void>()
  const startedAt = new Date()
  let status: Omit<WorkerStatus, 'id'> = {
    ...{ state: 'stopped', message: null, running: 0, completed: 0, failed: 0 },
    started_at: startedAt,
  }
  const whole = (): WorkerStatus => ({ ...status, id: id() })
  const say = (change: Partial<WorkerStatus>) => {
    status = { ...status, ...change }
    for (const listener of listeners) listener(whole())
  }
  return {
    status: whole,
    become(state, running, message = null) {
      if (state !== status.state || message !== status.message || running !== status.running) {
        say({ state, running, message })
      }
    },
    count(outcome, running) {
      const { completed, failed } = status
      say({
        running,
        completed: completed + (outcome === 'completed' ? 1 : 0),
        failed: failed + (outcome === 'failed' ? 1 : 0),
      })
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
