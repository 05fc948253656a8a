import { describe, expect, it } from 'vitest'
import { onCheckKeys, type WindowChecks } from './window-checks'

interface Place {
  current?: number
  columns?: number
  state?: WindowChecks['state']
}

function press(
  key: string,
  modifiers: { ctrlKey?: boolean; shiftKey?: boolean } = {},
  { current = 5, columns = 4, state = 'none' }: Place = {},
) {
  const done: string[] = []
  const isTaken = onCheckKeys(
    { key, ctrlKey: false, metaKey: false, shiftKey: false, preventDefault: () => undefined, ...modifiers },
    { current, count: 10, columns },
    {
      has: () => false,
      state,
      onToggle: (index, isRange) => done.push(`${isRange ? 'up to' : 'choose'} ${index}`),
      onToggleAll: () => done.push('all'),
    },
    (index) => done.push(`go to ${index}`),
  )
  return { isTaken, done }
}

describe('the keys that choose in a list or grid', () => {
  it('choose the one that one stands on', () => {
    expect(press(' ').done).toEqual(['choose 5'])
    expect(press('x').done).toEqual(['choose 5'])
    expect(press(' ', { shiftKey: true }).done).toEqual(['up to 5'])
    expect(press(' ', { ctrlKey: true })).toEqual({ isTaken: false, done: [] })
  })

  it('lead to the first from nowhere, and never scroll the page', () => {
    expect(press(' ', {}, { current: -1 })).toEqual({ isTaken: true, done: ['go to 0'] })
    expect(press('ArrowDown', { shiftKey: true }, { current: -1 }).done).toEqual(['go to 0'])
  })

  it('choose all', () => expect(press('a', { ctrlKey: true }).done).toEqual(['all']))

  it('choose on the way, a row down or a card to the side', () => {
    expect(press('ArrowDown', { shiftKey: true }).done).toEqual(['choose 5', 'up to 9', 'go to 9'])
    expect(press('ArrowLeft', { shiftKey: true }, { state: 'partly' }).done).toEqual(['up to 4', 'go to 4'])
    expect(press('ArrowUp', { shiftKey: true }, { current: 2, state: 'partly' }).done).toEqual([
      'up to 0',
      'go to 0',
    ])
  })

  it('leave sideways arrows of a table, and all else, to others', () => {
    expect(press('ArrowLeft', { shiftKey: true }, { columns: 1 }).isTaken).toBe(false)
    expect(press('ArrowDown').isTaken).toBe(false)
    expect(press('b').isTaken).toBe(false)
  })
})
