import type { MachineWork } from '../../model/machine-work'

/** How much of this machine the worker may use, as whoever runs it says. */
export interface WorkLimits {
  /** Jobs at a time. */
  concurrency: number
  /** Above 0, up to 1: after each job its place rests, so that it is busy for this share of the time. */
  cpuShare: number
  /** Why nothing is to be done now, for a person; null where there is no reason. */
  paused: string | null
}

/** The machine that the worker is on, and what whoever runs it lets the worker use. */
export interface WorkMachine {
  limits: () => WorkLimits
  /** `threads`: of the face models. */
  current: () => MachineWork & { threads: number; is_on_battery: boolean }
  /** Counts at once, and is kept for the next start. */
  set: (change: Partial<MachineWork>) => Promise<void>
}

/** A job's place never rests longer than this, in milliseconds, however long the job took. */
const longestRestMs = 60_000

/** Milliseconds that a place rests after a job: `t · (1 − share) / share`. */
export function restAfter(busyMs: number, cpuShare: number): number {
  const share = Math.min(1, Math.max(0.01, cpuShare))
  return Math.min(longestRestMs, (busyMs * (1 - share)) / share)
}
