import { describe, expect, it } from 'vitest'
import { defaultView, shownColumns, tableViewSchema, withShown } from './table-view'

describe('the columns of the catalogue', () => {
  it('are shown and hidden, the name never', () => {
    const without = withShown(withShown(defaultView, 'name', false), 'licence', false)
    expect(shownColumns(without, false)).toEqual([
      ...['name', 'category', 'gender', 'age', 'quality', 'state', 'added'],
    ])
    expect(shownColumns(withShown(without, 'expression', true), false)).toContain('expression')
  })

  it('are few beside the pane', () => {
    expect(shownColumns(defaultView, true)).toEqual(['name', 'category', 'quality'])
  })

  it('outlive a column that is no more', () => {
    expect(tableViewSchema.safeParse({ shown: ['gone'], density: 'compact' }).success).toBe(false)
  })
})
