import { expect, it } from 'vitest'
import { formatAttribute, formatDifference, geometryAttributes } from './attributes'

it('writes values with their units', () => {
  expect(formatAttribute('share', 0.614)).toBe('0.61')
  expect(formatAttribute('angle', -12.34)).toBe('−12.3°')
  expect(formatAttribute('angle', 4)).toBe('+4.0°')
  expect(formatAttribute('angle', -0.01)).toBe('0.0°')
  expect(formatAttribute('ratio', 0.5)).toBe('0.500')
  expect(formatAttribute('years', 31)).toBe('31 years')
})

it('writes differences without a sign', () => {
  expect(formatDifference('angle', -10, 5)).toBe('15.0°')
  expect(formatDifference('years', 20, 31)).toBe('11 years')
  expect(formatDifference('years', 31, 30)).toBe('1 year')
})

it('names every geometry ratio in words', () => {
  expect(geometryAttributes.map((attribute) => attribute.label)).not.toContainEqual(
    expect.stringMatching(/_/),
  )
  expect(new Set(geometryAttributes.map((attribute) => attribute.label)).size).toBe(12)
})
