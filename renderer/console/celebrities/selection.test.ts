import { describe, expect, it } from 'vitest'
import { countOf, everybody, isChosen, nobody, selectionOf, withChosen } from './selection'

describe('who is chosen', () => {
  it('is some, one by one', () => {
    const two = withChosen(nobody, ['a', 'b'], true, 1)
    expect(countOf(two, 10)).toBe(2)
    expect(isChosen(two, 'a')).toBe(true)
    expect(isChosen(two, 'c')).toBe(false)
    expect(selectionOf(withChosen(two, ['a'], false, 0), {})).toEqual({ ids: ['b'] })
  })

  it('is all that match but those that were taken out', () => {
    expect(countOf(everybody, 20_000)).toBe(20_000)
    expect(selectionOf(everybody, { gender: 'male' })).toEqual({ all: { gender: 'male' } })
    const without = withChosen(everybody, ['a', 'b'], false, 3)
    expect(countOf(without, 20_000)).toBe(19_998)
    expect(isChosen(without, 'a')).toBe(false)
    expect(isChosen(without, 'z')).toBe(true)
    expect(selectionOf(withChosen(without, ['a'], true, 0), {})).toEqual({ all: {}, except: ['b'] })
  })
})
