import { describe, expect, test } from 'vitest'
import { importStates, type ImportState } from '../contract-import-schemas'
import { after, inWords, isRunning, transitions, type Happening } from './phases'

/** Every state that a happening leads on from; from all others it is refused. */
const table: Record<Happening, Partial<Record<ImportState, ImportState>>> = {
  uploaded: { uploading: 'scanning' },
  scanned: { scanning: 'analyzing' },
  analyzed: { analyzing: 'review' },
  publish: { review: 'publishing' },
  heldBack: { publishing: 'review' },
  published: { publishing: 'published' },
  reopen: { publishing: 'review', published: 'review' },
  undo: {
    review: 'undoing',
    publishing: 'undoing',
    published: 'undoing',
    undoing: 'undoing',
    undone: 'undoing',
  },
  undone: { undoing: 'undone' },
  discard: {
    uploading: 'discarded',
    scanning: 'discarded',
    analyzing: 'discarded',
    review: 'discarded',
    undone: 'discarded',
    discarded: 'discarded',
  },
}
const happenings = Object.keys(transitions) as Happening[]

describe('how an import goes on', () => {
  test.each(happenings.flatMap((happening) => importStates.map((state) => ({ happening, state }))))(
    '$happening while $state',
    ({ happening, state }) => {
      const next = table[happening][state]
      if (next) expect(after(state, happening)).toBe(next)
      else {
        expect(() => after(state, happening)).toThrow(inWords[state])
        expect(() => after(state, happening)).toThrow(expect.objectContaining({ code: 'CONFLICT' }))
      }
    },
  )

  test('every state but the last ones leads to another, and every one but the first is led to', () => {
    const froms = new Set<string>(happenings.flatMap((happening) => transitions[happening].from))
    const tos = new Set<string>(happenings.map((happening) => transitions[happening].to))
    expect(importStates.filter((state) => !froms.has(state))).toEqual([])
    expect(importStates.filter((state) => !tos.has(state))).toEqual(['uploading'])
  })

  test('only what runs by itself can be paused', () => {
    expect(importStates.filter(isRunning)).toEqual(['scanning', 'analyzing', 'publishing', 'undoing'])
  })
})
