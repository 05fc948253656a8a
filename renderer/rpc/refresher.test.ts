import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRefresher } from './refresher'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('gathering changes', () => {
  it('refreshes at once, then gathers until the interval has passed', async () => {
    const rounds: string[][] = []
    const changed = createRefresher(async (tables) => void rounds.push([...tables]), 500)
    changed(['faces'])
    changed(['matches'])
    changed(['matches', 'profiles'])
    await vi.advanceTimersByTimeAsync(499)
    expect(rounds).toEqual([['faces']])
    await vi.advanceTimersByTimeAsync(1)
    expect(rounds).toEqual([['faces'], ['matches', 'profiles']])
    await vi.advanceTimersByTimeAsync(5000)
    expect(rounds).toHaveLength(2)
  })

  it('waits for a slow round and loses nothing that changed meanwhile', async () => {
    const rounds: string[][] = []
    const finish: (() => void)[] = []
    const changed = createRefresher((tables) => {
      rounds.push([...tables])
      return new Promise((resolve) => finish.push(resolve))
    }, 500)
    changed(['faces'])
    changed(['faces'])
    await vi.advanceTimersByTimeAsync(3000)
    expect(rounds).toEqual([['faces']])
    finish[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(rounds).toEqual([['faces'], ['faces']])
  })

  it('goes on after a round that failed', async () => {
    let rounds = 0
    const changed = createRefresher(async () => {
      rounds += 1
      throw new Error('the host is away')
    }, 500)
    changed(['faces'])
    await vi.advanceTimersByTimeAsync(500)
    changed(['faces'])
    expect(rounds).toBe(2)
  })
})
