import { describe, expect, it } from 'vitest'
import { factorNames } from '../../../core/model/weights'
import { mergeFilters, parseFilters } from '../shell/filters'
import {
  activeFilters,
  fieldsOf,
  filtersOf,
  isNarrowed,
  moreFilters,
  noFilters,
  searchSchema,
} from './search'

const search = (raw: Record<string, unknown>) => parseFilters(searchSchema, raw)

describe('the address of the screen', () => {
  it('has a pair of fields for every factor', () => {
    for (const name of factorNames) {
      expect(search({ [`min_${name}`]: 0.2, [`max_${name}`]: 0.9 })).toMatchObject({
        [`min_${name}`]: 0.2,
        [`max_${name}`]: 0.9,
      })
    }
  })

  it('leaves out what makes no sense and keeps the rest', () => {
    expect(search({ min_age: 7, from: '2026-02-30', connection: 'sometimes', liked: 'both' })).toEqual({
      liked: 'both',
      sort: 'score',
      direction: 'desc',
    })
  })
})

describe('filtersOf', () => {
  it('asks for nothing where nothing is chosen', () => {
    expect(filtersOf(search({}))).toEqual({})
    expect(filtersOf(search({ sort: 'age', direction: 'asc', id: crypto.randomUUID() }))).toEqual({})
  })

  it('turns days into midnights, the last one included', () => {
    expect(filtersOf(search({ from: '2026-03-01', until: '2026-03-31' }))).toEqual({
      from: new Date(2026, 2, 1),
      to: new Date(2026, 3, 1),
    })
  })

  it('gathers the factors, and tells a model from none', () => {
    expect(filtersOf(search({ min_age: 0.5, max_skin_tone: 0.75, model: 'none' }))).toEqual({
      factors: { age: { min: 0.5 }, skin_tone: { max: 0.75 } },
      embedding_model: null,
    })
    expect(filtersOf(search({ model: 'pack/1/2' }))).toEqual({ embedding_model: 'pack/1/2' })
  })
})

describe('clearing', () => {
  const everything = search({
    search: 'ada',
    school: 'Northfield',
    min_score: 0.5,
    ...Object.fromEntries(factorNames.map((name) => [`max_${name}`, 0.9])),
    min_quality: 0.3,
    from: '2026-01-01',
    liked: 'one',
    viewed: false,
    connection: 'none',
    model: 'x',
    sort: 'age',
  })

  it('knows every filter', () => {
    expect(activeFilters(everything)).toEqual([...moreFilters])
    expect(isNarrowed(everything)).toBe(true)
    for (const filter of moreFilters) {
      const cleared = {
        ...everything,
        ...Object.fromEntries(fieldsOf(filter).map((field) => [field, undefined])),
      }
      expect(activeFilters(cleared)).toEqual(moreFilters.filter((other) => other !== filter))
    }
  })

  it('takes all of them out at once and keeps the order', () => {
    const address = mergeFilters(searchSchema, everything, noFilters)
    expect(address).toEqual({ sort: 'age' })
    expect(isNarrowed(search(address))).toBe(false)
  })
})
