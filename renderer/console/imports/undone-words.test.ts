import { describe, expect, it } from 'vitest'
import { undoneWords } from './undone-words'

describe('the words of an undo', () => {
  it('say how much was taken back and how much was not', () => {
    expect(undoneWords({ undone: 1, kept: 0 })).toBe('1 photo taken back')
    expect(undoneWords({ undone: 1200, kept: 6 })).toBe('1,200 photos taken back, 6 kept')
    expect(undoneWords({ undone: 0, kept: 1 })).toBe('Nothing taken back, 1 photo kept')
  })
})
