import { expect, test } from 'vitest'
import { guessName } from './guess-name'
import { printable, printableJson, withoutUnseen } from './plain-text'

const hostile = 'a\u001b[2J\u202egpj\u2066.\u200f\u061c\u0085\u009b\r\u00adb\n\tc'

test('a text is left without what can not be seen, but for lines, tabs and what scripts need', () => {
  expect(withoutUnseen(hostile)).toBe('a[2Jgpj.b\n\tc')
  expect(withoutUnseen('می‌خواهم 👩‍🎤 Zoe\u0308')).toBe('می‌خواهم 👩‍🎤 Zoe\u0308')
})

test('a terminal is sent nothing that it acts on', () => {
  expect(printable(hostile)).toBe('a�[2J�gpj�.������b\n\tc')
  const json = printableJson(JSON.stringify({ path: hostile }, null, 2))
  expect(json).not.toMatch(/[^\n\P{Cc}]|[\u202e\u2066\u200f\u061c]/u)
  expect(JSON.parse(json)).toEqual({ path: hostile })
})

test('a name that is guessed has none of it', () => {
  expect(guessName('Tom\u202e \u200eHanks\u2069.jpg')).toBe('Tom Hanks')
  expect(guessName('\u202e0001.jpg')).toBe('')
})
