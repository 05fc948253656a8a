import { describe, expect, it } from 'vitest'
import { contract } from '../../core/api/contract'
import { affectedBy, isAffected, procedureOf } from './affected'

const procedures = Object.entries(contract).flatMap(([domain, names]) =>
  Object.keys(names).map((name) => `${domain}.${name}`),
)
const prefixes = Object.values(affectedBy).flat()

describe('which screens a table affects', () => {
  it('names only procedures and domains of the contract', () => {
    const strangers = prefixes.filter(
      (prefix) => !procedures.some((name) => name === prefix || name.startsWith(`${prefix}.`)),
    )
    expect(strangers).toEqual([])
  })

  it('leaves nothing that is shown without a table that refreshes it', () => {
    const tables = Object.keys(affectedBy)
    const shown = procedures.filter((name) =>
      /\.(list|get|counts|ofFace|getLookalike|status|me|schools|categories)$/.test(name),
    )
    expect(shown.filter((name) => !isAffected(name.split('.'), tables))).toEqual([])
    expect(shown.length).toBeGreaterThan(10)
  })

  it('tells sisters apart', () => {
    expect(isAffected(['jobs', 'list'], ['match_jobs'])).toBe(true)
    expect(isAffected(['settings', 'list'], ['match_jobs'])).toBe(false)
    expect(isAffected(['matching', 'ofFace'], ['celebrity_matches'])).toBe(true)
    expect(isAffected(['matching', 'list'], ['celebrity_matches'])).toBe(false)
    // A prefix ends at a dot: `jobs` is not `jobsOfTomorrow`.
    expect(isAffected(['jobsOfTomorrow', 'list'], ['match_jobs'])).toBe(false)
  })

  it('takes an unknown table to affect everything', () => {
    expect(isAffected(['settings', 'list'], ['a_table_of_the_next_version'])).toBe(true)
  })
})

describe('the procedure of a query key', () => {
  it('is its first part', () => {
    expect(procedureOf([['jobs', 'list'], { type: 'query' }])).toEqual(['jobs', 'list'])
    expect(procedureOf(['something else'])).toBeUndefined()
  })
})
