import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createImportQueue, rateOf, type ImportOutcome } from './import-queue'

const added = (name: string): ImportOutcome => ({ state: 'added', celebrityId: name })

/** Work whose end the test decides. */
function heldWork() {
  const running = new Map<string, (outcome: ImportOutcome) => void>()
  const work = (item: string) => new Promise<ImportOutcome>((resolve) => running.set(item, resolve))
  const finish = async (item: string) => {
    const resolve = running.get(item)
    if (!resolve) throw new Error(`${item} does not run`)
    running.delete(item)
    resolve(added(item))
    await new Promise((done) => setTimeout(done, 0))
  }
  return { work, finish, names: () => [...running.keys()] }
}

describe('createImportQueue', () => {
  it('gives every entry its own outcome, and one that throws costs no other', async () => {
    const queue = createImportQueue(['a', 'broken', 'c'], (item) =>
      item === 'broken' ? Promise.reject(new Error('The network is away.')) : Promise.resolve(added(item)),
    )
    await queue.start()
    expect(queue.snapshot().entries.map((entry) => entry.state)).toEqual(['added', 'failed', 'added'])
    expect(queue.snapshot().entries[1]).toMatchObject({ reason: 'The network is away.' })
    expect(queue.snapshot()).toMatchObject({ phase: 'idle', done: 3 })
  })

  it('runs each once and never more than it may at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (delays, concurrency) => {
          let running = 0
          const ran: number[] = []
          const work = async ({ index, delay }: { index: number; delay: number }) => {
            running += 1
            ran.push(index)
            expect(running).toBeLessThanOrEqual(concurrency)
            await new Promise((resolve) => setTimeout(resolve, delay))
            running -= 1
            return added(String(index))
          }
          const queue = createImportQueue(
            delays.map((delay, index) => ({ index, delay })),
            work,
            { concurrency },
          )
          await queue.start()
          expect(ran.toSorted((a, b) => a - b)).toEqual(delays.map((_delay, index) => index))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('finishes what is under way when cancelled, keeps the rest, and goes on from there', async () => {
    const held = heldWork()
    const queue = createImportQueue(['a', 'b', 'c', 'd'], held.work, { concurrency: 2 })
    const run = queue.start()
    queue.cancel()
    expect(queue.snapshot().phase).toBe('stopping')
    await held.finish('a')
    await held.finish('b')
    await run
    expect(queue.snapshot().phase).toBe('idle')
    expect(queue.snapshot().entries.map((entry) => entry.state)).toEqual([
      'added',
      'added',
      'waiting',
      'waiting',
    ])

    const again = queue.start()
    expect(held.names()).toEqual(['c', 'd'])
    await held.finish('c')
    await held.finish('d')
    await again
    expect(queue.snapshot().done).toBe(4)
  })

  it('tries failed entries again, and only those', async () => {
    let broken = true
    const tried: string[] = []
    const queue = createImportQueue(['a', 'b'], (item) => {
      tried.push(item)
      return item === 'b' && broken ? Promise.reject(new Error('no')) : Promise.resolve(added(item))
    })
    await queue.start()
    broken = false
    queue.retryFailed()
    expect(queue.snapshot().done).toBe(1)
    await queue.start()
    expect(tried).toEqual(['a', 'b', 'b'])
    expect(queue.snapshot().entries.map((entry) => entry.state)).toEqual(['added', 'added'])
  })

  it('does not start twice', async () => {
    const held = heldWork()
    const queue = createImportQueue(['a', 'b'], held.work, { concurrency: 1 })
    const run = queue.start()
    await queue.start()
    expect(held.names()).toEqual(['a'])
    await held.finish('a')
    await held.finish('b')
    await run
  })

  it('tells rate and time left', async () => {
    let clock = 0
    const seen: (number | null)[] = []
    const queue = createImportQueue(
      ['a', 'b', 'c', 'd'],
      (item) => {
        clock += 500
        return Promise.resolve(added(item))
      },
      { concurrency: 1, now: () => clock },
    )
    queue.subscribe(() => {
      const { done, secondsLeft } = queue.snapshot()
      if (done === 2) seen.push(secondsLeft)
    })
    await queue.start()
    expect(queue.snapshot().rate).toBe(2)
    expect(seen[0]).toBe(1)
  })
})

describe('rateOf', () => {
  it('needs two moments', () => {
    expect(rateOf([])).toBeNull()
    expect(rateOf([5])).toBeNull()
    expect(rateOf([5, 5])).toBeNull()
    expect(rateOf([0, 1000, 2000])).toBe(1)
  })
})
