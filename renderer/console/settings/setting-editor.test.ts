import { expect, test } from 'vitest'
import { settingGroups } from './known-settings'
import { textOf, valueOf } from './setting-editor'

test.each([
  [0.65, '65'],
  [0.07, '7'],
  [0.285, '28.5'],
  [0, '0'],
  [1, '100'],
])('a share of %d is typed as %s and comes back as it was', (value, text) => {
  expect(textOf(value, 'share')).toBe(text)
  expect(valueOf(text, 'share')).toBe(value)
})

test.each([
  ['65 %', 0.65],
  [' 28,5 ', 0.285],
  ['', Number.NaN],
  ['many', Number.NaN],
])('"%s" is read as a share', (text, value) => {
  expect(valueOf(text, 'share')).toBe(value)
})

test('a count stays what it is', () => {
  expect(textOf(20, 'count')).toBe('20')
  expect(valueOf('20', 'count')).toBe(20)
  expect(textOf('twenty', 'count')).toBe('')
})

test('minutes read as such, and 0 as never', () => {
  const known = settingGroups.flatMap(({ settings }) => settings.foreign_job_stale_minutes ?? [])[0]
  expect([0, 1, 1440].map((value) => known?.read(value))).toEqual(['Never', '1 minute', '1,440 minutes'])
  expect(valueOf(textOf(1440, 'minutes'), 'minutes')).toBe(1440)
})
