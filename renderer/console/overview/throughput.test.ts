import { describe, expect, it } from 'vitest'
import { addMark, type Mark, rateOf } from './rate'
import { describeThroughput, ratePerMinute } from './throughput'

const quiet = { completed: 0, failed: 0 }
const minutes = (...ended: number[]) => ended.map((completed) => ({ completed, failed: 0 }))
const queue = { pending: 0, processing: 0, completed: 0, failed: 0, undismissed: 0, oldest_pending_at: null }
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('the speed of the queue', () => {
  it('is the mean of three full minutes, failures too; the running minute would lower it', () => {
    expect(ratePerMinute([...minutes(90, 12, 15), { completed: 15, failed: 3 }, quiet])).toBe(15)
    expect(ratePerMinute(minutes(7))).toBe(0)
  })

  it('says when the queue will be empty', () => {
    const text = describeThroughput({
      ...queue,
      pending: 28,
      processing: 2,
      per_minute: minutes(15, 15, 15, 1),
    })
    expect(plain(text)).toBe('15 per minute · empty in about 2 min')
  })

  it('promises nothing where nothing ends', () => {
    expect(describeThroughput({ ...queue, pending: 3, per_minute: minutes(0, 0, 0, 0) })).toContain('No job')
    expect(describeThroughput({ ...queue, per_minute: minutes(0, 0, 0, 0) })).toBe('Nothing to do')
    expect(describeThroughput({ ...queue, pending: 3, per_minute: minutes(0, 0, 0, 2) })).toContain('2 jobs')
  })
})

describe('the rate of long work', () => {
  const marks = (...pairs: [number, number][]) =>
    pairs.reduce<Mark[]>((known, [at, done]) => addMark(known, { at, done }), [])

  it('needs two seconds and one item', () => {
    expect(rateOf(marks([0, 0]))).toBeUndefined()
    expect(rateOf(marks([0, 0], [1000, 5]))).toBeUndefined()
    expect(rateOf(marks([0, 3], [9000, 3]))).toBeUndefined()
    expect(rateOf(marks([0, 0], [4000, 10]))).toBe(2.5)
  })

  it('forgets what is older than half a minute', () => {
    expect(rateOf(marks([0, 0], [10_000, 0], [40_000, 30]))).toBe(1)
  })

  it('begins anew when the work does', () => {
    expect(marks([0, 50], [1000, 60], [2000, 1])).toEqual([{ at: 2000, done: 1 }])
  })
})
