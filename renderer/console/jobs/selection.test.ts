import { describe, expect, it } from 'vitest'
import { chosenCount, isChosen, nothing, type Selection, toggle, toggleAll } from './selection'

const keys = ['a', 'b', 'c', 'd', 'e']
const chosen = (selection: Selection) => keys.filter((key) => isChosen(selection, key)).join('')

describe('choosing jobs', () => {
  it('takes one, and takes it back', () => {
    const one = toggle(nothing, 'b', keys, false)
    expect([chosen(one), chosenCount(one, 900)]).toEqual(['b', 1])
    expect(chosen(toggle(one, 'b', keys, false))).toBe('')
  })

  it('takes a range in either direction', () => {
    expect(chosen(toggle(toggle(nothing, 'b', keys, false), 'd', keys, true))).toBe('bcd')
    expect(chosen(toggle(toggle(nothing, 'd', keys, false), 'b', keys, true))).toBe('bcd')
  })

  it('takes a range back', () => {
    const all = toggleAll(keys, true)
    expect(chosen(toggle(toggle(all, 'b', keys, false), 'd', keys, true))).toBe('ae')
  })

  it('takes one alone where the range has no begin any more', () => {
    const gone = toggle(nothing, 'z', keys, false)
    expect(chosen(toggle(gone, 'c', keys, true))).toBe('c')
  })

  it('means all that match, loaded or not, until one is taken back', () => {
    const all: Selection = { mode: 'all' }
    expect([chosen(all), chosenCount(all, 900)]).toEqual(['abcde', 900])
    const others = toggle(all, 'c', keys, false)
    expect([chosen(others), chosenCount(others, 900)]).toEqual(['abde', 4])
  })
})
