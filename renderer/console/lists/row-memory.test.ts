import { describe, expect, it } from 'vitest'
import { createRowMemory } from './row-memory'

describe('the memory of rows', () => {
  it('gives rows by their place, the newest that was kept', () => {
    const memory = createRowMemory<string>()
    memory.keep('all', 100, ['a', 'b'])
    memory.keep('all', 101, ['c'])
    expect([99, 100, 101, 102].map((index) => memory.at('all', index))).toEqual([
      undefined,
      'a',
      'c',
      undefined,
    ])
  })

  it('never gives a row of another list, unless the list is not known yet', () => {
    const memory = createRowMemory<string>()
    memory.keep('all', 0, ['a'])
    expect(memory.at('filtered', 0)).toBeUndefined()
    expect(memory.at(undefined, 0)).toBe('a')
    memory.keep('filtered', 1, ['b'])
    expect(memory.at('filtered', 0)).toBeUndefined()
    expect(memory.at('all', 0)).toBeUndefined()
  })

  it('does not grow without end', () => {
    const memory = createRowMemory<number>(10)
    for (let offset = 0; offset < 100; offset += 5) memory.keep('all', offset, [1, 2, 3, 4, 5])
    expect(
      Array.from({ length: 100 }, (_, index) => memory.at('all', index)).filter(Boolean).length,
    ).toBeLessThanOrEqual(10)
    expect(memory.at('all', 99)).toBe(5)
  })
})
