import { describe, expect, it } from 'vitest'
import type { ImportFile, Outcome } from '../../../../core/celebrities/contract-import-schemas'
import { flipped, isLacking, nextFace, nextToReview, withChanged } from './review-walk'

const files = (...outcomes: (Outcome | null)[]) =>
  outcomes.map((outcome, id) => ({ id, outcome, published_at: null as Date | null }))
const none: ReadonlySet<number> = new Set()

describe('the walk of a review', () => {
  it('goes to the next that waits for a person, over those that were decided', () => {
    const list = files('needs_person', 'new_celebrity', 'needs_person', 'needs_person')
    expect(nextToReview(list, 0, none, true)).toBe(2)
    expect(nextToReview(list, 0, new Set([2]), true)).toBe(3)
    expect(nextToReview(list, 3, none, true)).toBe(0)
    expect(nextToReview(list, 3, new Set([0, 2]), true)).toBe(-1)
  })

  it('goes line by line where nobody waits', () => {
    const list = files('duplicate', 'rejected', 'needs_person')
    expect(nextToReview(list, 0, none, false)).toBe(1)
    expect(nextToReview(list, 2, none, false)).toBe(-1)
    expect(nextToReview([], -1, none, false)).toBe(-1)
    // Of an import that is taken up again some are published.
    if (list[1]) list[1].published_at = new Date()
    expect(nextToReview(list, 0, none, false)).toBe(2)
  })

  it('flips through the images of an item in a circle', () => {
    expect(flipped([4, 9, 2], 4, 1)).toBe(9)
    expect(flipped([4, 9, 2], 4, -1)).toBe(2)
    expect(flipped([4, 9, 2], 2, 1)).toBe(4)
    expect(flipped([4], 4, 1)).toBe(4)
  })

  it('goes through the faces of a photo in a circle', () => {
    const faces = [{ face_index: 0 }, { face_index: 1 }, { face_index: 2 }]
    expect(nextFace(faces, 1)).toBe(2)
    expect(nextFace(faces, 2)).toBe(0)
    expect(nextFace(faces, null)).toBe(0)
    expect(nextFace([{ face_index: 0 }], 0)).toBeNull()
  })
})

describe('a list after a decision', () => {
  it('shows what changed in its place, and leaves pages without a change as they are', () => {
    const file = (id: number, outcome: Outcome) => ({ id, outcome }) as ImportFile
    const pages = [
      { items: [file(1, 'needs_person'), file(2, 'needs_person')], total: 3 },
      { items: [file(3, 'duplicate')], total: 3 },
    ]
    const after = withChanged(pages, [file(2, 'rejected'), file(99, 'rejected')])
    expect(after[0].items.map(({ outcome }) => outcome)).toEqual(['needs_person', 'rejected'])
    expect(after[0].items[0]).toBe(pages[0].items[0])
    expect(after[1]).toBe(pages[1])
  })

  it('lacks what an undo brings back to its outcome', () => {
    const minor = { id: 7, outcome: 'needs_person', outcome_code: 'maybe_minor' } as ImportFile
    const list = files('needs_person', 'needs_person')
    expect(isLacking(list, [minor], { outcome: 'needs_person' })).toBe(true)
    expect(isLacking(list, [minor], { outcome: 'needs_person', code: 'several_faces' })).toBe(false)
    expect(isLacking(list, [minor], { outcome: 'rejected' })).toBe(false)
    expect(isLacking(list, [{ ...minor, id: 1 }], { outcome: 'needs_person' })).toBe(false)
    expect(isLacking(list, [minor], {}), 'of all files').toBe(false)
  })
})
