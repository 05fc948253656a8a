import { expect, test } from 'vitest'
import { likenessWords } from './likeness'

test('a higher score never reads as less', () => {
  const scores = Array.from({ length: 101 }, (_, i) => i / 100)
  expect([...new Set(scores.map(likenessWords))]).toEqual([
    'A little alike',
    'Somewhat alike',
    'Much alike',
    'Very much alike',
    'Strikingly alike',
  ])
})
