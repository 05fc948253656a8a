import { describe, expect, it } from 'vitest'
import type { CelebrityChange } from '../../../../core/celebrities/contract-curation'
import { groupHistory } from './history'

const change = (id: number, group_id: string, can_undo = true): CelebrityChange => ({
  id,
  group_id,
  celebrity_id: 'c',
  kind: 'edit',
  what: '',
  changed_by_name: null,
  changed_at: new Date(0),
  undone_at: null,
  can_undo,
})

describe('the history of a celebrity', () => {
  it('shows what was done at once as one entry', () => {
    const groups = groupHistory([change(3, 'b'), change(2, 'a', false), change(1, 'a')])
    expect(groups.map(({ group_id, changes, canUndo }) => [group_id, changes.length, canUndo])).toEqual([
      ['b', 1, true],
      ['a', 2, true],
    ])
    expect(groupHistory([])).toEqual([])
  })
})
