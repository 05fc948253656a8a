import { describe, expect, it } from 'vitest'
import { emptyWords, formatSeconds } from './forecast'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('the time until the queue is empty', () => {
  it('is said with its interval', () => {
    const { value, note, isBad } = emptyWords({ state: 'estimated', seconds: 190, low: 120, high: 400.4 })
    expect([plain(value), plain(note), isBad]).toEqual(['3 min 10 s', '2 min to 6 min 40 s', false])
  })

  it('has no upper end where it may never end', () => {
    expect(plain(emptyWords({ state: 'estimated', seconds: 190, low: 120, high: null }).note)).toBe(
      'at least 2 min',
    )
  })

  it('is bad news where the queue grows, and no number where nothing is known', () => {
    expect(emptyWords({ state: 'growing' }).isBad).toBe(true)
    expect(emptyWords({ state: 'none' }).value).toBe('Empty')
    expect(emptyWords({ state: 'unknown' }).value).toBe('Unknown')
  })
})

describe('seconds', () => {
  it('are whole', () => {
    expect([0, 0.4, 1.6, 61].map((seconds) => plain(formatSeconds(seconds)))).toEqual([
      '0 s',
      '0 s',
      '2 s',
      '1 min 1 s',
    ])
  })
})
