import { expect, test } from 'vitest'
import { createTurns } from './turns'

/** Work that ends when it is told to. */
function held() {
  let end!: (value: string) => void
  let starts = 0
  const promise = new Promise<string>((resolve) => (end = resolve))
  return { work: () => ((starts += 1), promise), end: () => end('done'), started: () => starts > 0 }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('so many at once, the others in their order, and nobody beyond', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 2 })
  const [a, b, c] = [held(), held(), held()]
  const all = [turns.take('a', a.work), turns.take('b', b.work), turns.take('c', c.work)]
  await settle()
  expect([a, b, c].map(({ started }) => started())).toEqual([true, false, false])
  await expect(turns.take('d', held().work)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  a.end()
  await settle()
  expect([b, c].map(({ started }) => started())).toEqual([true, false])
  b.end()
  c.end()
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done'])
})

test('one of each person’s, also after a failure', async () => {
  const turns = createTurns({ atOnce: 2, waiting: 2 })
  const first = held()
  const running = turns.take('a', first.work)
  await expect(turns.take('a', first.work)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  first.end()
  await running
  await expect(turns.take('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await turns.take('a', () => Promise.resolve('again'))).toBe('again')
})

test('who leaves while waiting takes nobody’s turn', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 2 })
  const [a, b, c] = [held(), held(), held()]
  const running = turns.take('a', a.work)
  const leaving = new AbortController()
  const left = turns.take('b', b.work, leaving.signal)
  const last = turns.take('c', c.work)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  c.end()
  a.end()
  expect(await Promise.all([running, last])).toEqual(['done', 'done'])
  expect(b.started()).toBe(false)
  await expect(turns.take('d', b.work, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
  expect(await turns.take('d', () => Promise.resolve('free'))).toBe('free')
})
