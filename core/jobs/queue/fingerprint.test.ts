import { expect, test } from 'vitest'
import { fingerprintOf, normalizeMessage } from './fingerprint'

test.each([
  [
    'There is no image faces/0a1b2c3d-0000-4000-8000-000000000001/x.jpg.',
    'There is no image faces/ffffffff-1111-4000-8000-000000000002/yy.png.',
  ],
  ['The face worker gave no answer for 60 s.', 'The face worker gave no answer for 75.5 s.'],
  ['"Ada" can’t be read', '"Grace" can’t be read'],
  ['connect to https://a.example/x?y failed', 'connect to http://b.example failed'],
  ['ENOENT: open /var/lib/a/b.jpg', 'ENOENT: open C:\\data\\c.jpg'],
])('what belongs to one job makes no difference: %s', (one, other) => {
  expect(normalizeMessage(one)).toBe(normalizeMessage(other))
  const of = (message: string) => fingerprintOf({ stage: 'fetch', code: 'internal', message })
  expect(of(one)).toBe(of(other))
})

test('stage, code and words do', () => {
  const base = { stage: 'fetch', code: 'internal', message: 'It broke off.' } as const
  const all = [
    base,
    { ...base, stage: 'write' },
    { ...base, stage: null },
    { ...base, code: 'x' },
    { ...base, message: 'No.' },
  ] as const
  expect(new Set(all.map(fingerprintOf)).size).toBe(5)
  expect(fingerprintOf(base)).toMatch(/^[0-9a-f]{16}$/)
})
