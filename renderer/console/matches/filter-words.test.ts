import { describe, expect, it } from 'vitest'
import { parseFilters } from '../shell/filters'
import { filterWords } from './filter-words'
import { activeFilters, moreFilters, searchSchema } from './search'

const words = (raw: Record<string, unknown>) => {
  const search = parseFilters(searchSchema, raw)
  return activeFilters(search).map((filter) => filterWords(search, filter))
}

describe('filters in words', () => {
  it('says what narrows the list', () => {
    expect(words({ min_age: 0.4 })).toEqual(['Age ≥ 0.40'])
    expect(words({ min_skin_tone: 0.4, max_skin_tone: 0.5 })).toEqual(['Skin tone 0.40–0.50'])
    expect(words({ max_quality: 0.6 })).toEqual(['Quality ≤ 0.60'])
    expect(words({ from: '2026-03-01' })).toEqual(['Found from 2026-03-01'])
    expect(words({ until: '2026-03-01' })).toEqual(['Found until 2026-03-01'])
    expect(words({ from: '2026-03-01', until: '2026-03-02' })).toEqual([
      'Found from 2026-03-01 until 2026-03-02',
    ])
    expect(words({ liked: 'both', viewed: false })).toEqual(['Liked by both', 'Viewed by nobody'])
    expect(words({ connection: 'none' })).toEqual(['No connection'])
    expect(words({ connection: 'blocked', model: 'starter/1f/2' })).toEqual([
      'Connection blocked',
      'Model starter',
    ])
    expect(words({ model: 'none' })).toEqual(['Model Mixed'])
  })

  it('has words for every filter', () => {
    const search = parseFilters(searchSchema, {})
    for (const filter of moreFilters) expect(typeof filterWords(search, filter)).toBe('string')
  })
})
