import { describe, expect, it } from 'vitest'
import { facetOptions, filterWords } from './filter-words'
import { searchSchema } from './search'

const search = (fields: object) => searchSchema.parse(fields)

describe('filters in words', () => {
  it('read as a person says them', () => {
    expect(filterWords(search({ age_from: 18, age_to: 24 }), 'age')).toBe('Age 18–24')
    expect(filterWords(search({ age_from: 65 }), 'age')).toBe('Age ≥ 65')
    expect(filterWords(search({ quality_to: 0.4 }), 'quality')).toBe('Quality ≤ 0.40')
    expect(filterWords(search({ missing: 'licence' }), 'missing')).toBe('Without licence')
    expect(filterWords(search({ missing: 'embedding' }), 'missing')).toBe('Without analysis')
    expect(filterWords(search({ model: 'buffalo_l/0123/1' }), 'model')).toBe('Model buffalo_l')
    expect(filterWords(search({}), 'import', 'Summer')).toBe('From the import Summer')
  })

  it('offer what is there with how many have it, and what a link asks for', () => {
    const facets = [{ value: 'actor', celebrities: 1200 }]
    expect(facetOptions(facets, undefined)).toEqual([{ id: 'actor', label: 'Actor', hint: '1,200' }])
    expect(facetOptions(facets, 'poet').map(({ id }) => id)).toEqual(['actor', 'poet'])
    expect(facetOptions(undefined, 'poet')).toEqual([{ id: 'poet', label: 'Poet' }])
  })
})
