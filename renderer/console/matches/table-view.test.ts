import { describe, expect, it } from 'vitest'
import {
  columnIds,
  defaultView,
  orderOf,
  shownColumns,
  tableViewSchema,
  withMoved,
  withShown,
} from './table-view'

describe('the view of the table', () => {
  it('shows what is chosen, in the order that is chosen', () => {
    const view = withMoved(withShown(defaultView, 'quality', true), 'quality', -1)
    expect(shownColumns(view, false)).toEqual([
      'pair',
      'about',
      'school',
      'factors',
      'quality',
      'score',
      'found',
    ])
    expect(shownColumns(withShown(view, 'school', false), false)).not.toContain('school')
  })

  it('keeps the pair whatever is hidden, and little beside the detail', () => {
    const bare = { ...defaultView, shown: [] }
    expect(shownColumns(bare, false)).toEqual(['pair'])
    expect(shownColumns(defaultView, true)).toEqual(['pair', 'factors', 'score'])
  })

  it('stays where it is at the ends', () => {
    expect(withMoved(defaultView, 'pair', -1).order).toEqual([...columnIds])
    expect(withMoved(defaultView, 'found', 1).order).toEqual([...columnIds])
    expect(withMoved(defaultView, 'found', -1).order.slice(-2)).toEqual(['found', 'model'])
  })

  it('brings in columns that an older version did not know, and refuses those that a newer one wrote', () => {
    expect(orderOf({ order: ['score', 'pair'] })).toEqual([
      'score',
      'pair',
      ...columnIds.filter((id) => id !== 'score' && id !== 'pair'),
    ])
    expect(tableViewSchema.safeParse({ ...defaultView, shown: ['aura'] }).success).toBe(false)
    expect(tableViewSchema.parse(JSON.parse(JSON.stringify(defaultView)))).toEqual(defaultView)
  })
})
