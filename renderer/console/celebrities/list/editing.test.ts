import { describe, expect, it } from 'vitest'
import { nextField } from './editing'

describe('the way of Tab through the cells of a row', () => {
  it('goes through the columns that are shown and ends at their ends', () => {
    const shown = ['name', 'age', 'gender', 'licence']
    expect(nextField('name', shown, false)).toBe('gender')
    expect(nextField('gender', shown, true)).toBe('name')
    expect(nextField('licence', shown, false)).toBeUndefined()
    expect(nextField('name', shown, true)).toBeUndefined()
  })
})
