import type { JobWorker, WorkerInstruction } from '../../../../core/jobs/contract-monitor'
import { formatDuration } from '../../../kit/format'
import type { Tone } from '../../../kit/tone'

const healthWords: Record<JobWorker['health'], string> = {
  healthy: 'Healthy',
  stale: 'Stale',
  dead: 'Dead',
  ended: 'Ended',
}

export const healthTones: Record<JobWorker['health'], Tone> = {
  healthy: 'good',
  stale: 'warning',
  dead: 'bad',
  ended: 'neutral',
}

const stateWords: Record<JobWorker['state'], string> = {
  starting: 'starting',
  idle: 'idle',
  busy: 'busy',
  waiting: 'waiting',
  paused: 'paused',
  draining: 'finishing its jobs',
  stopped: 'stopped',
}

/** How a worker fares: its heartbeat, and what it said of itself last. */
export function conditionWords({ health, state }: Pick<JobWorker, 'health' | 'state'>): string {
  if (health === 'ended') return healthWords.ended
  return `${healthWords[health]}, ${health === 'dead' ? 'was ' : ''}${stateWords[state]}`
}

interface InstructionWords {
  label: string
  /** What was asked, while it is not obeyed yet. */
  asked: string
  /** What is asked before it is sent, where it hurts; null where nothing does. */
  warning: string | null
}

export const instructionWords: Record<WorkerInstruction, InstructionWords> = {
  pause: { label: 'Pause', asked: 'to pause', warning: null },
  resume: { label: 'Resume', asked: 'to resume', warning: null },
  drain: {
    label: 'Drain',
    asked: 'to finish its jobs and end',
    warning:
      'It finishes the jobs that it holds, takes no others, and ends. Nobody can start it again from here: that takes somebody at its machine.',
  },
  stop: {
    label: 'Stop',
    asked: 'to stop at once',
    warning:
      'It gives its jobs back unfinished, for others to do, and ends. Nobody can start it again from here: that takes somebody at its machine.',
  },
}

/** What may be asked of a worker as it is: nobody pauses who is paused, nobody hears who is dead. */
export function possibleInstructions(worker: JobWorker): WorkerInstruction[] {
  if (worker.health === 'dead' || worker.health === 'ended' || worker.state === 'stopped') return []
  const isPaused = worker.state === 'paused' || worker.instruction === 'pause'
  const first: WorkerInstruction = isPaused ? 'resume' : 'pause'
  if (worker.state === 'draining') return ['stop']
  return ([first, 'drain', 'stop'] as const).filter((one) => one !== worker.instruction)
}

/** A clock's offset that makes leases and times doubtful, in milliseconds. */
export const clockLimit = 2000

/** "1.2 s ahead" of the database's clock. */
export function offsetWords(milliseconds: number): string {
  if (Math.abs(milliseconds) < 50) return 'exact'
  return `${formatDuration(Math.abs(milliseconds))} ${milliseconds > 0 ? 'ahead' : 'behind'}`
}
