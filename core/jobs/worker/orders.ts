import type { WorkerInstructionValue } from '../../database/queue-tables'

/** What operators have asked of this worker, by its row in `workers`. */
export interface Orders {
  hear(instruction: WorkerInstructionValue): void
  /** Why nothing new is to be begun; null where there is no reason. `draining`: what is claimed is ended first. */
  held(): { state: 'paused' | 'draining' | 'stopped'; reason: string } | null
  /** An order to end was carried out. */
  obeyed(): void
  dismissed(): Promise<void>
}

const holds = {
  pause: { state: 'paused', reason: 'Paused by an operator.' },
  drain: { state: 'draining', reason: 'Drained by an operator.' },
  stop: { state: 'stopped', reason: 'Stopped by an operator.' },
} as const

export function createOrders(): Orders {
  let current: keyof typeof holds | null = null
  let dismiss: () => void = () => undefined
  const dismissed = new Promise<void>((resolve) => (dismiss = resolve))
  return {
    hear(instruction) {
      current = instruction === 'resume' ? null : instruction
    },
    held: () => current && holds[current],
    obeyed: () => dismiss(),
    dismissed: () => dismissed,
  }
}
