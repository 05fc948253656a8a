import { expect, it } from 'vitest'
import { acceptedAt, accuracyByFolds } from './verification-scores'

const pairs = (same: number[], different: number[]) => [
  ...same.map((score) => ({ isSame: true, score })),
  ...different.map((score) => ({ isSame: false, score })),
]
const steps = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1))

it('is perfect where a threshold divides the pairs', () => {
  const { accuracy, deviation, threshold } = accuracyByFolds(
    pairs(steps(0.6, 0.9, 50), steps(-0.1, 0.4, 50)),
    10,
  )
  expect(accuracy).toBe(1)
  expect(deviation).toBe(0)
  expect(threshold).toBeGreaterThan(0.4)
  expect(threshold).toBeLessThan(0.6)
})

it('counts every pair on the wrong side once', () => {
  const same = [...steps(0.6, 0.9, 48), 0.1, 0.1]
  expect(accuracyByFolds(pairs(same, steps(-0.1, 0.3, 50)), 10).accuracy).toBeCloseTo(0.98, 9)
})

it('is chance where scores say nothing', () => {
  const scores = steps(0, 1, 100)
  expect(accuracyByFolds(pairs(scores, scores), 10).accuracy).toBeLessThanOrEqual(0.55)
})

it('accepts at most the wanted part of different pairs', () => {
  const { rate, threshold } = acceptedAt(pairs([0.2, 0.5, 0.7, 0.9], steps(0, 0.6, 1000)), 1e-3)
  expect(threshold).toBeCloseTo(0.6 - 0.6 / 999, 9)
  expect(rate).toBe(0.5)
})
