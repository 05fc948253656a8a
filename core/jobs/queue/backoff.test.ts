import { describe, expect, test } from 'vitest'
import { nextPollMs, pollFastMs, pollSlowMs, retryCapSeconds, retryDelaySeconds } from './backoff'
import { createWakeUp } from '../worker/wake-up'

describe('retries', () => {
  test('wait twice as long each time, up to the cap', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelaySeconds(attempt, () => 0))).toEqual([1, 2, 4, 8])
    expect([1, 2, 3, 4].map((attempt) => retryDelaySeconds(attempt, () => 0.5))).toEqual([1.5, 3, 6, 12])
    expect(retryDelaySeconds(40, () => 0.999)).toBeLessThanOrEqual(retryCapSeconds)
    expect(retryDelaySeconds(2000, () => 0)).toBe(retryCapSeconds / 2)
  })
})

describe('polling', () => {
  test('slows down to its limit', () => {
    const pauses = [pollFastMs]
    while (pauses.length < 10) pauses.push(nextPollMs(pauses.at(-1) ?? 0))
    expect(pauses.slice(0, 4)).toEqual([50, 100, 200, 400])
    expect(pauses.at(-1)).toBe(pollSlowMs)
  })
})

describe('a wake-up', () => {
  test('ends a wait early; one between two waits is not lost; one is used once', async () => {
    const wakeUp = createWakeUp()
    const waiting = wakeUp.wait(60_000)
    wakeUp.wake()
    expect(await waiting).toBe(true)
    wakeUp.wake()
    wakeUp.wake()
    expect(await wakeUp.wait(60_000)).toBe(true)
    expect(await wakeUp.wait(10)).toBe(false)
  })
})
