import { describe, expect, it } from 'vitest'
import {
  formatAmount,
  formatBytes,
  formatClock,
  formatCount,
  formatDate,
  formatDateTime,
  formatDuration,
  formatLabel,
  formatNumber,
  formatPercent,
  formatRelative,
  unknown,
} from './format'

/** The tests read better with plain spaces; the functions put non-breaking ones before units. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('numbers', () => {
  it('groups thousands and drops decimals of counts', () => {
    expect(formatCount(1234567)).toBe('1,234,567')
  })

  it('chooses the word by the count', () => {
    expect([0, 1, 2].map((count) => formatAmount(count, 'job'))).toEqual(['0 jobs', '1 job', '2 jobs'])
    expect(formatAmount(3, 'person', 'people')).toBe('3 people')
  })

  it('says what is not known', () => {
    expect([formatPercent(null), formatPercent(undefined), formatNumber(null)]).toEqual([
      unknown,
      unknown,
      unknown,
    ])
    expect(plain(formatPercent(0))).toBe('0 %')
  })

  it('writes a minus sign, and none before nothing', () => {
    expect([formatNumber(-0.08), formatNumber(-0.004), formatNumber(1.5, 1)]).toEqual([
      '−0.08',
      '0.00',
      '1.5',
    ])
  })

  it('rounds shares', () => {
    expect(plain(formatPercent(0.876))).toBe('88 %')
    expect(plain(formatPercent(0.876, 1))).toBe('87.6 %')
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [9960, '10 kB'],
    [999_400, '999 kB'],
    [999_600, '1.0 MB'],
    [48_300_000, '48 MB'],
    [2.5e15, '2500 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text)
  })
})

describe('durations', () => {
  it.each([
    [-5, '0 ms'],
    [85.4, '85 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [4240, '4.2 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [185_000, '3 min 5 s'],
    [3_599_600, '1 h'],
    [7_800_000, '2 h 10 min'],
    [24 * 3_600_000 - 1, '1 d'],
    [76 * 3_600_000, '3 d 4 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text)
  })
})

describe('moments', () => {
  const now = new Date(2026, 2, 4, 18, 5, 9)
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1000)

  it.each([
    [0, 'now'],
    [2, 'now'],
    [12, '12 s ago'],
    [59, '59 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [3600, '1 h ago'],
    [86_399, '23 h ago'],
    [3 * 86_400, '3 d ago'],
    [-300, 'in 5 min'],
  ])('%d seconds before reads %s', (seconds, text) => {
    expect(formatRelative(before(seconds), now)).toBe(text)
  })

  it('gives the date of what is older than 30 days', () => {
    expect(formatRelative(new Date(2025, 11, 24), now)).toBe('24 Dec 2025')
  })

  it('writes days and times in one style', () => {
    expect([formatDate(now), formatDateTime(now), formatClock(now)]).toEqual([
      '4 Mar 2026',
      '4 Mar 2026, 18:05',
      '18:05:09',
    ])
  })
})

describe('labels', () => {
  it('makes words of a column name', () => {
    expect(formatLabel('skin_tone')).toBe('Skin tone')
  })
})
