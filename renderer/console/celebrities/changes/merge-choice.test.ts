import { describe, expect, it } from 'vitest'
import { proposeWhoStays } from './merge-choice'

const somebody = (id: string, fields: object = {}) => ({
  id,
  quality_score: 0.7,
  bio: null,
  category: null,
  created_at: new Date('2026-01-02'),
  ...fields,
})

describe('who stays', () => {
  it('is whose photo is best', () => {
    expect(proposeWhoStays([somebody('a'), somebody('b', { quality_score: 0.9 })])).toBe('b')
    expect(proposeWhoStays([somebody('a', { quality_score: null }), somebody('b')])).toBe('b')
  })

  it('is then of whom most is known, then who was there first', () => {
    expect(proposeWhoStays([somebody('a'), somebody('b', { category: 'actor' })])).toBe('b')
    expect(proposeWhoStays([somebody('a'), somebody('b', { created_at: new Date('2025-01-01') })])).toBe('b')
    expect(proposeWhoStays([])).toBeUndefined()
  })
})
