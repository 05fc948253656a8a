import { describe, expect, it } from 'vitest'
import { parseFilters } from '../shell/filters'
import {
  activeFilters,
  type CelebritySearch,
  filterOf,
  isNarrowed,
  noFilters,
  searchSchema,
  sortBy,
} from './search'

const search = (raw: Record<string, unknown>): CelebritySearch => parseFilters(searchSchema, raw)

describe('the address of the catalogue', () => {
  it('becomes the filter of the host, without what is not there', () => {
    expect(filterOf(search({}))).toEqual({})
    const importId = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
    const full = search({
      ...{ search: 'ada', category: 'actor', age_from: 18, age_to: 24, quality_from: 0.5, model: 'a/b/c' },
      ...{ import: importId, sort: 'age', view: 'table', tab: 'coverage', kind: 'quality', in_trash: 'x' },
    })
    expect(filterOf(full)).toEqual({
      ...{ search: 'ada', category: 'actor', age_from: 18, age_to: 24, quality_from: 0.5 },
      ...{ embedding_model: 'a/b/c', import_id: importId },
    })
  })

  it('says what narrows the list, and takes all of it back', () => {
    const narrowed = search({ age_to: 17, missing: 'bio', gender: 'female' })
    expect(activeFilters(narrowed)).toEqual(['age', 'missing'])
    expect(isNarrowed(narrowed)).toBe(true)
    expect(isNarrowed({ ...narrowed, ...noFilters })).toBe(false)
    expect(isNarrowed(search({ sort: 'age', view: 'table' }))).toBe(false)
  })

  it('leaves out what an old link has wrong, and keeps the rest', () => {
    expect(search({ age_from: 'old', tab: 'nowhere', category: 'actor' })).toMatchObject({
      tab: 'catalogue',
      category: 'actor',
    })
  })

  it('sorts another column as usual, and the same one the other way', () => {
    expect(sortBy({ sort: 'name', direction: 'desc' }, 'quality')).toEqual({
      sort: 'quality',
      direction: undefined,
    })
    expect(sortBy({ sort: 'quality', direction: undefined }, 'quality')).toEqual({
      sort: 'quality',
      direction: 'asc',
    })
    expect(sortBy({ sort: 'quality', direction: 'asc' }, 'quality')).toEqual({
      sort: 'quality',
      direction: undefined,
    })
  })
})
