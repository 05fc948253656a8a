import { expect, test } from 'vitest'
import { SemblanceError } from '../../model/errors'
import { codeOf, createOutages, elsewhere, isNobodysFault, messageOf } from './outages'

const away = new SemblanceError('UNAVAILABLE', 'Storage does not answer.')

function book() {
  let time = 0
  const outages = createOutages(
    () => 1,
    () => time,
  )
  return { outages, at: (ms: number) => (time = ms), now: () => time }
}

test('the pause before the next try doubles, up to two minutes', () => {
  const { outages, at, now } = book()
  const pauses = Array.from({ length: 10 }, () => {
    outages.postpone('a', away)
    const due = outages.current()?.dueInMs ?? 0
    at(now() + due)
    return due / 1000
  })
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120, 120])
})

test('half of a pause is chance', () => {
  const outages = createOutages(
    () => 0,
    () => 0,
  )
  expect(outages.postpone('a', away).delaySeconds).toBe(7.5)
  expect(outages.current()?.dueInMs).toBe(500)
})

test('an outage of everybody never counts against a job', () => {
  const { outages } = book()
  for (let i = 0; i < 100; i += 1)
    expect(outages.postpone(`job ${i % 3}`, away)).toEqual({ counts: false, delaySeconds: 15 })
  expect(outages.current()).toMatchObject({
    since: new Date(0),
    message: 'Storage does not answer. It is tried again by itself.',
  })
})

test('what a job meets alone, while others get through, counts in the end', () => {
  const { outages } = book()
  const seen = Array.from({ length: 5 }, (_, i) => {
    const postponed = outages.postpone('broken', away)
    outages.passed(`good ${i}`)
    return postponed
  })
  expect(seen.map(({ counts }) => counts)).toEqual([false, false, false, false, true])
  expect(seen.map(({ delaySeconds }) => delaySeconds)).toEqual([15, 30, 60, 120, 240])
  // Its next attempt starts anew.
  expect(outages.postpone('broken', away).counts).toBe(false)
})

test('it is over when a job gets through, due at once when somebody heard so, and forgotten in the end', () => {
  const { outages, at } = book()
  outages.postpone('a', away)
  outages.passed('b')
  expect(outages.current()).toBeNull()
  outages.postpone('a', away)
  outages.hurry()
  expect(outages.current()?.dueInMs).toBe(0)
  at(10 * 60_000)
  expect(outages.current()).toBeNull()
})

test('a photo that is not there is the job’s own trouble, a key that Storage refuses is not', () => {
  expect(isNobodysFault(away)).toBe(true)
  expect(isNobodysFault(new SemblanceError('FORBIDDEN', 'Storage refuses.'))).toBe(true)
  expect(isNobodysFault(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe(true)
  expect(isNobodysFault(new SemblanceError('NOT_FOUND', 'Gone.'))).toBe(false)
  expect(isNobodysFault(new Error('ONNX said no'))).toBe(false)
})

const withCode = (code: string) => Object.assign(new Error('no'), { code })

test.each([
  ['this machine’s', withCode('ENOSPC'), /^The disk of this machine is full\. Make room there/],
  ['the database’s', withCode('53100'), /^The disk of the database is full\. Make room there/],
  [
    'the embedded database’s',
    new Error('could not extend file: No space left on device'),
    /^The disk of the database/,
  ],
])('a full disk is told as one, and never counts: %s', (_, error, message) => {
  expect(isNobodysFault(error)).toBe(true)
  expect(codeOf(error)).toBe('disk_full')
  expect(messageOf(error)).toMatch(message)
  expect(messageOf(error)).toMatch(/It is tried again by itself\.$/)
  const { outages } = book()
  for (let i = 0; i < 20; i += 1) {
    expect(outages.postpone('large', error).counts).toBe(false)
    outages.passed(`small ${i}`)
  }
})

test('a photo that lies on another machine waits for that one, however long', () => {
  const error = elsewhere(new Error('Object not found'))
  const { outages } = book()
  for (let i = 0; i < 20; i += 1) {
    expect(outages.postpone('theirs', error)).toMatchObject({ counts: false })
    outages.passed(`mine ${i}`)
  }
  expect(codeOf(error)).toBe('unavailable')
})
