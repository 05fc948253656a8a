import { describe, expect, it } from 'vitest'
import type { Bulk } from '../../../../core/jobs/contract-bulk'
import { bulkWords, priorityWords, progressOf } from './bulk-words'

const bulk: Bulk = {
  id: '6f0c3e0e-6b1b-4b59-9d5d-0d6c3f0f6a01',
  action: 'retry',
  priority: null,
  state: 'running',
  created_by_name: 'Ada',
  created_at: new Date(0),
  started_at: new Date(0),
  ended_at: null,
  selected: 1200,
  eligible: 1000,
  ineligible: [],
  done: 240,
  changed: 10,
  undone: 0,
  undo_changed: 0,
  per_second: 500,
  seconds_left: 1.5,
  can_undo: false,
}
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('where a bulk action stands', () => {
  it('has a pace and a time left while it runs', () => {
    expect(plain(bulkWords(bulk))).toBe('Retrying 250 of 1,000 jobs · 500 per second · about 1.5 s left')
    expect(progressOf(bulk)).toBe(0.25)
  })

  it('says what was left alone', () => {
    const done: Bulk = {
      ...bulk,
      action: 'cancel',
      state: 'done',
      done: 990,
      per_second: null,
      seconds_left: null,
    }
    expect(bulkWords(done)).toBe('990 jobs cancelled; 10 had changed and were left alone')
    expect(bulkWords({ ...done, changed: 0, done: 1 })).toBe('1 job cancelled')
  })

  it('counts the way back by what was done', () => {
    const undoing: Bulk = {
      ...bulk,
      action: 'dismiss',
      state: 'undoing',
      done: 200,
      undone: 90,
      undo_changed: 10,
    }
    expect(progressOf(undoing)).toBe(0.5)
    expect(bulkWords({ ...undoing, state: 'undone', undone: 190 })).toBe(
      'Undone: 190 jobs put back; 10 had changed since and were left alone',
    )
  })

  it('is whole where there was nothing to do', () => {
    expect(progressOf({ ...bulk, eligible: 0, done: 0, changed: 0 })).toBe(1)
  })
})

describe('a priority', () => {
  it('is said in words', () => {
    expect([10, 0, -5].map(priorityWords)).toEqual([
      'before the others (+10)',
      'as usual',
      'behind the others (−5)',
    ])
  })
})
