import { describe, expect, it } from 'vitest'
import { filterOf, isNarrowed, searchOf, tabOf } from './search'

const person = '6f0c3e0e-6b1b-4b59-9d5d-0d6c3f0f6a01'

describe('the address of the jobs', () => {
  it('opens on how the queue stands, and on the list where it names jobs', () => {
    expect(tabOf({})).toBe('now')
    expect(tabOf({ status: 'failed' })).toBe('jobs')
    expect(tabOf({ id: person })).toBe('jobs')
    expect(tabOf({ dismissed: false })).toBe('jobs')
    expect(tabOf({ tab: 'failures', status: 'failed' })).toBe('failures')
  })

  it('is a filter of the host, of what it names alone', () => {
    expect(filterOf({ tab: 'jobs', search: '  ' })).toEqual({})
    expect(
      filterOf({ status: 'failed', type: 'both', owner: person, age: 'over-1h', search: ' ada ' }),
    ).toEqual({
      status: 'failed',
      job_type: 'both',
      owner_id: person,
      older_than_minutes: 60,
      search: 'ada',
    })
  })

  it('keeps every filter on the way there and back', () => {
    const filter = {
      status: 'pending',
      kind: 'face',
      job_type: 'user_match',
      owner_id: person,
      reason: 'no_face',
      failed_stage: 'detect',
      fingerprint: 'f1',
      worker_id: 'w1',
      older_than_minutes: 61,
      newer_than_minutes: 900,
      dismissed: true,
      search: 'ada',
    } as const
    expect(filterOf(searchOf(filter))).toEqual(filter)
    expect(isNarrowed(searchOf(filter))).toBe(true)
    expect(isNarrowed({ tab: 'jobs', span: 60 })).toBe(false)
  })
})
