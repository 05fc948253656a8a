import { describe, expect, it } from 'vitest'
import { nextIndex } from './list-walk'

const list = { count: 20, columns: 1, pageRows: 8, index: 5 }
const grid = { count: 10, columns: 4, pageRows: 2, index: 5 }

describe('a list', () => {
  it.each([
    ['ArrowDown', 6],
    ['ArrowUp', 4],
    ['j', 6],
    ['k', 4],
    ['PageDown', 13],
    ['PageUp', 0],
    ['Home', 0],
    ['End', 19],
  ])('%s leads from 5 to %d', (key, index) => {
    expect(nextIndex(key, list)).toBe(index)
  })

  it('has ends', () => {
    expect(nextIndex('ArrowDown', { ...list, index: 19 })).toBe(19)
    expect(nextIndex('ArrowUp', { ...list, index: 0 })).toBe(0)
  })

  it('begins at the first item, whatever moves', () => {
    expect(nextIndex('ArrowDown', { ...list, index: -1 })).toBe(0)
    expect(nextIndex('PageUp', { ...list, index: -1 })).toBe(0)
    expect(nextIndex('End', { ...list, index: -1 })).toBe(19)
  })

  it('leaves other keys alone, and all where there is nothing', () => {
    expect(nextIndex('ArrowRight', list)).toBeUndefined()
    expect(nextIndex('a', list)).toBeUndefined()
    expect(nextIndex('ArrowDown', { ...list, count: 0, index: -1 })).toBeUndefined()
  })
})

describe('a grid', () => {
  it.each([
    ['ArrowRight', 6],
    ['ArrowLeft', 4],
    ['ArrowDown', 9],
    ['ArrowUp', 1],
  ])('%s leads from 5 to %d', (key, index) => {
    expect(nextIndex(key, grid)).toBe(index)
  })

  it('lands on the last item where the last row is short, and stays in the first row', () => {
    expect(nextIndex('ArrowDown', { ...grid, index: 7 })).toBe(9)
    expect(nextIndex('ArrowUp', { ...grid, index: 2 })).toBe(2)
  })
})
