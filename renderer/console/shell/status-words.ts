import type { PackStatus, WorkerStatus } from '../../../core/model/status'
import type { Tone } from '../../kit/tone'

export const workerTones: Record<WorkerStatus['state'], Tone> = {
  starting: 'neutral',
  idle: 'good',
  busy: 'accent',
  waiting: 'warning',
  paused: 'warning',
  draining: 'neutral',
  stopped: 'bad',
}

export const workerWords: Record<WorkerStatus['state'], string> = {
  starting: 'starting',
  idle: 'idle',
  busy: 'busy',
  waiting: 'waiting',
  paused: 'paused',
  draining: 'finishing its jobs',
  stopped: 'stopped',
}

export const packTones: Record<PackStatus['state'], Tone> = {
  missing: 'warning',
  installing: 'accent',
  ready: 'good',
  failed: 'bad',
}
