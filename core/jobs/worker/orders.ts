import type { WorkerInstructionValue } from '../../database/queue-tables'

/** What operators have asked of this worker, by its row in `workers`. */
export interface Orders {
  hear(instruction: WorkerInstructionValue): void
  /** Why nothing new is to be begun; null where there is no reason. `draining`: what is claimed is ended first. */
  held(): { state: 'paused' | 'draining' | 'stopped'; reason: string } | null
  /** An order to end was carried out. */
  obeyed(): void
  /** Resolves with the first order to end that was carried out. */
  dismissed(): Promise<void>
}

const holds = {
  pause: {
    state: 'paused',
    reason: 'Paused by an operator until somebody resumes it, also after a restart.',
  },
  drain: { state: 'draining', reason: 'Drained by an operator. It can be started again from the console.' },
  stop: { state: 'stopped', reason: 'Stopped by an operator. It can be started again from the console.' },
} as const

/** What this machine keeps of orders from one start to the next: a pause. */
export interface KeptPause {
  isPaused: () => boolean
  keep: (isPaused: boolean) => void
}

/** @param kept default: a pause ends with the process */
export function createOrders(kept?: KeptPause): Orders {
  let current: keyof typeof holds | null = kept?.isPaused() ? 'pause' : null
  let dismiss: () => void = () => undefined
  const dismissed = new Promise<void>((resolve) => (dismiss = resolve))
  return {
    hear(instruction) {
      current = instruction === 'resume' ? null : instruction
      // A worker that is stopped works again at the next start: whoever wants it to rest has it paused.
      if (kept && kept.isPaused() !== (current === 'pause')) kept.keep(current === 'pause')
    },
    held: () => current && holds[current],
    obeyed: () => dismiss(),
    dismissed: () => dismissed,
  }
}
