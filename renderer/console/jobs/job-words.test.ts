import { describe, expect, it } from 'vitest'
import type { Job } from '../../../core/jobs/contract'
import { imageReasons } from '../../../core/model/errors'
import { failureHint, jobState, runTime, waitTime } from './job-words'

const at = (seconds: number) => new Date(seconds * 1000)
const now = at(100)
const job: Job = {
  id: '6f0c3e0e-6b1b-4b59-9d5d-0d6c3f0f6a01',
  kind: 'face',
  subject_id: '6f0c3e0e-6b1b-4b59-9d5d-0d6c3f0f6a02',
  owner_id: null,
  name: null,
  thumbnail_url: null,
  status: 'pending',
  job_type: 'both',
  attempts: 0,
  max_attempts: 3,
  error_code: null,
  error_message: null,
  worker_id: null,
  created_at: at(10),
  started_at: null,
  completed_at: null,
  next_attempt_at: at(10),
  lease_until: null,
  priority: 0,
  failed_stage: null,
  fingerprint: null,
  dismissed_at: null,
}

it('says of a job that somebody cancelled that it was, not that it has failed', () => {
  const ended: Job = { ...job, status: 'failed', error_code: 'cancelled' }
  expect(jobState(ended)).toEqual({ words: 'Cancelled', tone: 'neutral' })
  expect(jobState({ ...ended, error_code: 'no_face' })).toEqual({ words: 'Failed', tone: 'bad' })
  expect(jobState({ ...ended, status: 'pending' })).toEqual({ words: 'Pending', tone: 'neutral' })
})

describe('how long a job takes', () => {
  it('waits until it is begun', () => {
    expect(waitTime(job, now)).toBe(90_000)
    expect(runTime(job, now)).toBeUndefined()
  })

  it('runs until it ends', () => {
    const running: Job = { ...job, status: 'processing', started_at: at(40) }
    expect([waitTime(running, now), runTime(running, now)]).toEqual([30_000, 60_000])
    expect(runTime({ ...running, status: 'completed', completed_at: at(45) }, now)).toBe(5000)
  })

  it('waits since it was due again, where it was retried', () => {
    const again: Job = { ...job, next_attempt_at: at(35), started_at: at(40) }
    expect(waitTime(again, now)).toBe(5000)
    expect(waitTime({ ...again, next_attempt_at: at(41) }, now)).toBe(30_000)
  })

  it('does not count a former attempt of a job that waits again', () => {
    expect(runTime({ ...job, attempts: 1, started_at: at(40) }, now)).toBeUndefined()
  })
})

describe('what to do about a failure', () => {
  const general = failureHint({ ...job, error_code: 'something_else' })

  it('is known for every reason that an image can be refused for', () => {
    expect(imageReasons.filter((reason) => failureHint({ ...job, error_code: reason }) === general)).toEqual(
      [],
    )
  })
})
