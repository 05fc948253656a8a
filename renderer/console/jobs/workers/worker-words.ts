import type { JobWorker, WorkerInstruction } from '../../../../core/jobs/contract-monitor'
import { formatDuration } from '../../../kit/format'
import type { Tone } from '../../../kit/tone'

const healthWords: Record<JobWorker['health'], string> = {
  healthy: 'Healthy',
  stale: 'Stale',
  dead: 'Dead',
  ended: 'Ended',
}

const healthTones: Record<JobWorker['health'], Tone> = {
  healthy: 'good',
  stale: 'warning',
  dead: 'bad',
  ended: 'neutral',
}

/** The tone of {@link conditionWords}: whom an operator has stopped is well, and does nothing all the same. */
export function conditionTone({ health, state }: Pick<JobWorker, 'health' | 'state'>): Tone {
  return state === 'stopped' ? 'neutral' : healthTones[health]
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
  resume: { label: 'Resume', asked: 'to go on', warning: null },
  drain: {
    label: 'Drain',
    asked: 'to finish its jobs and end',
    warning:
      'It finishes the jobs that it holds and takes no others. A host or the desktop can be started again from here; semblance worker ends, and is started at its machine.',
  },
  stop: {
    label: 'Stop',
    asked: 'to stop at once',
    warning:
      'It gives its jobs back unfinished, for others to do. A host or the desktop can be started again from here; semblance worker ends, and is started at its machine.',
  },
}

/** What may be asked of a worker as it is: nobody pauses who is paused, nobody hears who is dead. */
export function possibleInstructions({ health, state, instruction }: JobWorker): WorkerInstruction[] {
  if (health === 'dead' || health === 'ended') return []
  const isHeld = state === 'paused' || state === 'draining' || state === 'stopped'
  const others: WorkerInstruction[] =
    state === 'stopped' ? [] : state === 'draining' ? ['stop'] : ['drain', 'stop']
  // What was asked and is not yet obeyed can be taken back.
  const first: WorkerInstruction = isHeld || (instruction ?? 'resume') !== 'resume' ? 'resume' : 'pause'
  return [first, ...others].filter((one) => one !== instruction)
}

/** {@link instructionWords}' label, for this worker: one that is stopped does not resume what it was at. */
export function instructionLabel(
  instruction: WorkerInstruction,
  { state }: Pick<JobWorker, 'state'>,
): string {
  return instruction === 'resume' && state === 'stopped' ? 'Start again' : instructionWords[instruction].label
}

/** A clock's offset that makes leases and times doubtful, in milliseconds. */
export const clockLimit = 2000

/** "1.2 s ahead" of the database's clock. */
export function offsetWords(milliseconds: number): string {
  if (Math.abs(milliseconds) < 50) return 'exact'
  return `${formatDuration(Math.abs(milliseconds))} ${milliseconds > 0 ? 'ahead' : 'behind'}`
}
