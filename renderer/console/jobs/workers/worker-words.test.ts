import { describe, expect, it } from 'vitest'
import type { JobWorker } from '../../../../core/jobs/contract-monitor'
import { instructionLabel, offsetWords, possibleInstructions } from './worker-words'

const worker = (change: Partial<JobWorker>): JobWorker => ({
  id: 'machine-1',
  host_name: 'machine',
  process_id: 1,
  version: '0.1.0',
  pack: 'buffalo_l',
  embedding_model: 'w600k_r50',
  provider: 'cpu',
  concurrency: 2,
  photo_ms: 120,
  memory_bytes: 1e9,
  clock_offset_ms: 3,
  state: 'idle',
  state_reason: null,
  health: 'healthy',
  beat_age_seconds: 2,
  instruction: null,
  instructed_by_name: null,
  instructed_at: null,
  started_at: new Date(0),
  last_beat_at: new Date(0),
  completed: 0,
  failed: 0,
  jobs: [],
  holds: 0,
  can_be_forgotten: false,
  ...change,
})

describe('what may be asked of a worker', () => {
  it.each([
    [{}, ['pause', 'drain', 'stop']],
    [{ state: 'paused' }, ['resume', 'drain', 'stop']],
    // Asked, and not yet obeyed: it can be taken back, and not be asked twice.
    [{ instruction: 'pause' }, ['resume', 'drain', 'stop']],
    [{ instruction: 'drain' }, ['resume', 'stop']],
    [{ state: 'draining' }, ['resume', 'stop']],
    [{ state: 'stopped' }, ['resume']],
    [{ state: 'stopped', instruction: 'resume' }, []],
    [{ state: 'paused', instruction: 'resume' }, ['drain', 'stop']],
    [{ health: 'stale' }, ['pause', 'drain', 'stop']],
    [{ health: 'dead' }, []],
    [{ state: 'stopped', health: 'ended' }, []],
  ] as const)('%j: %j', (change, expected) => {
    expect(possibleInstructions(worker(change))).toEqual(expected)
  })
})

it('says of one that is stopped that it starts again', () => {
  expect(instructionLabel('resume', { state: 'stopped' })).toBe('Start again')
  expect(instructionLabel('resume', { state: 'paused' })).toBe('Resume')
})

describe('a clock’s offset', () => {
  it('has a direction', () => {
    expect([20, 1200, -90_000].map((ms) => offsetWords(ms).replaceAll('\u00a0', ' '))).toEqual([
      'exact',
      '1.2 s ahead',
      '1 min 30 s behind',
    ])
  })
})
