import { describe, expect, it } from 'vitest'
import { placeOf, whoStays, type Outlier } from './outlier-words'

const withQuality = (quality_score: number | null) => ({ quality_score }) as Outlier['celebrity']

describe('outliers', () => {
  it('keep the better photo', () => {
    expect(whoStays({ celebrity: withQuality(0.5), other: withQuality(0.8) })).toBe('other')
    expect(whoStays({ celebrity: withQuality(0.5), other: withQuality(0.5) })).toBe('celebrity')
    expect(whoStays({ celebrity: withQuality(null), other: withQuality(0.1) })).toBe('other')
    expect(whoStays({ celebrity: withQuality(null), other: null })).toBe('celebrity')
  })

  it('go on at the same place when one is dealt with', () => {
    expect(placeOf(['a', 'b', 'c'], { key: 'b', place: 1 })).toBe(1)
    expect(placeOf(['a', 'c'], { key: 'b', place: 1 })).toBe(1)
    expect(placeOf(['a'], { key: 'b', place: 1 })).toBe(0)
    expect(placeOf([], { key: '', place: 0 })).toBe(-1)
  })
})
