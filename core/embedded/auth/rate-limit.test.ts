import { expect, test } from 'vitest'
import { type AuthError } from './errors'
import { createRateLimiter } from './rate-limit'

function limiter(burst: number, windowSeconds: number) {
  let now = 1_700_000_000_000
  const { take, forget } = createRateLimiter({ burst, windowSeconds }, () => new Date(now))
  const refusal = (key: string): AuthError | null => {
    try {
      take(key)
      return null
    } catch (error) {
      return error as AuthError
    }
  }
  return { refusal, forget, pass: (seconds: number) => (now += seconds * 1000) }
}

test('a burst goes through, the next waits as long as it is told', () => {
  const { refusal, pass } = limiter(3, 60)
  expect([refusal('a'), refusal('a'), refusal('a')]).toEqual([null, null, null])
  const refused = refusal('a')
  expect(refused).toMatchObject({ status: 429, code: 'over_request_rate_limit' })
  expect(refused?.extra.headers).toEqual({ 'Retry-After': '20' })
  pass(19)
  expect(refusal('a')).not.toBeNull()
  pass(1)
  expect(refusal('a')).toBeNull()
  expect(refusal('a')).not.toBeNull()
})

test('each key has its own measure', () => {
  const { refusal } = limiter(1, 60)
  expect(refusal('a')).toBeNull()
  expect(refusal('b')).toBeNull()
  expect(refusal('a')).not.toBeNull()
})

test('who is forgotten begins anew, others do not', () => {
  const { refusal, forget } = limiter(1, 60)
  for (const key of ['a', 'b']) expect(refusal(key)).toBeNull()
  forget('a')
  expect(refusal('a')).toBeNull()
  expect(refusal('b')).not.toBeNull()
})

test('a long pause gives no more than a burst', () => {
  const { refusal, pass } = limiter(2, 10)
  pass(10_000)
  expect([refusal('a'), refusal('a')]).toEqual([null, null])
  expect(refusal('a')).not.toBeNull()
})

test('a clock that goes back gives nothing away and takes nothing', () => {
  const { refusal, pass } = limiter(2, 10)
  expect(refusal('a')).toBeNull()
  pass(-100)
  expect(refusal('a')).toBeNull()
  expect(refusal('a')).not.toBeNull()
})

test('many keys do not grow without bound, and those in use are kept', () => {
  const { refusal } = limiter(1, 3600)
  for (let i = 0; i < 15_000; i++) refusal(`old ${i}`)
  expect(refusal('mine')).toBeNull()
  for (let i = 0; i < 15_000; i++) refusal(`new ${i}`)
  expect(refusal('mine')).not.toBeNull()
  expect(refusal('old 0')).toBeNull()
})
