import { expect, test } from 'vitest'
import type { Import } from '../../celebrities/contract-import-schemas'
import { type PlannedFile, progressOf, reportPlan } from './import-report'

const state = {
  ...{
    name: 'Actors',
    state: 'analyzing',
    files: 1272,
    analyzed: 100,
    rejected: 20,
    published: 0,
    people: 602,
  },
  ...{ rate: 14.23, seconds_left: 81.4 },
  outcomes: {
    ...{ new_celebrity: 600, further_photo: 650, replaces_photo: 0, duplicate: 2 },
    ...{ rejected: 25, needs_person: 1 },
  },
} as unknown as Import

const file = (path: string, outcome: string, code: string, reason: string): PlannedFile => ({
  ...{ path, name: null, outcome, code, reason, published: false },
})

test('says how far an import is, how fast, and how long it takes', () => {
  expect(progressOf(state)).toBe('Analysing: 120 of 1,272 files, 14.2 a second, 82 s left')
  expect(progressOf({ ...state, rate: null, seconds_left: null })).toBe('Analysing: 120 of 1,272 files')
  expect(progressOf({ ...state, seconds_left: 7200 })).toContain('2.0 h left')
  expect(progressOf({ ...state, state: 'scanning' })).toContain('Scanning: 1,272 files')
})

test('says of a source without files that nothing is in it', () => {
  expect(reportPlan({ ...state, files: 0, people: 0 }, [])).toBe('Actors: there is nothing in it to import.')
})

test('shows the plan by outcome and reason, and the first files that stay outside', () => {
  const rejected = Array.from({ length: 25 }, (_, n) =>
    file(`${n}.jpg`, 'rejected', n < 20 ? 'low_quality' : 'no_face', 'Blurred.'),
  )
  const evil = file('a\u001b[2J\n\u202egpj.exe', 'needs_person', 'no_licence', 'It has no licence.')
  const lines = reportPlan(state, [evil, ...rejected]).split('\n')
  expect(lines.slice(0, 7)).toEqual([
    'Actors: 1,272 files, 602 people.',
    '    600  new celebrities',
    '    650  further photos of them or of known ones',
    '      2  known already',
    '     25  rejected (low quality 20, no face 5)',
    '      1  waiting for a person to decide (no licence 1)',
    '',
  ])
  // Nothing that a file is called reaches the terminal as a command.
  expect(lines[7]).toBe('a�[2J��gpj.exe: It has no licence.')
  expect(lines).toHaveLength(28)
  expect(lines.at(-1)).toBe('… and 6 more; --json names them all.')
})
