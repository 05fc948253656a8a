import { describe, expect, it } from 'vitest'
import { nothingToUndo, skippedByReason, skippedWords, undoneWords } from './change-words'

const skipped = (...reasons: string[]) => reasons.map((reason, place) => ({ id: `${place}`, reason }))

describe('changes in words', () => {
  it('say what was left out, the most frequent reason first', () => {
    expect(skippedWords([])).toBeUndefined()
    expect(skippedWords(skipped('the same already', 'the same already'))).toBe('2 left out: the same already')
    expect(skippedWords(skipped('gone', 'the same already', 'the same already'))).toBe(
      'Left out: 2 the same already; 1 gone',
    )
    expect(skippedByReason(skipped('b', 'a'))).toEqual([
      { reason: 'a', count: 1 },
      { reason: 'b', count: 1 },
    ])
  })

  it('say what an undo brought back, and what it left', () => {
    expect(undoneWords({ undone: 3, kept: [] })).toEqual({ title: '3 changes undone' })
    expect(undoneWords({ undone: 3, kept: [] }, 'Category of 3')).toEqual({
      title: 'Undone: Category of 3',
    })
    const kept = ['Ada', 'Bob', 'Cy', 'Di'].map((name) => ({ name, reason: 'changed since' }))
    expect(undoneWords({ undone: 1, kept })).toEqual({
      title: '1 change undone, 4 left as they are',
      detail: 'Ada: changed since; Bob: changed since; Cy: changed since; and 1 more',
    })
  })

  it('say that what an undo left still stands, where nothing is left to be undone at once', () => {
    expect(nothingToUndo.detail).not.toContain('all undone')
    expect(nothingToUndo.detail).toContain('What an earlier undo had to leave still stands')
  })
})
