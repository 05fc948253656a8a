import { describe, expect, it } from 'vitest'
import { daysLeftWords } from './trash-words'

const now = new Date('2026-03-01T12:00:00Z')
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000)

describe('the days that are left', () => {
  it('are counted down to the last', () => {
    expect(daysLeftWords(inHours(30 * 24), now)).toBe('30 days')
    expect(daysLeftWords(inHours(30 * 24 - 0.01), now)).toBe('30 days')
    expect(daysLeftWords(inHours(30 * 24 + 0.01), now)).toBe('30 days')
    expect(daysLeftWords(inHours(47), now)).toBe('2 days')
    expect(daysLeftWords(inHours(24), now)).toBe('1 day')
    expect(daysLeftWords(inHours(23), now)).toBe('less than a day')
    expect(daysLeftWords(inHours(-1), now)).toBe('any moment now')
  })
})
