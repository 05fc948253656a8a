import { describe, expect, it } from 'vitest'
import {
  importRulesSchema,
  outcomeCodes,
  outcomes,
  type Import,
} from '../../../core/celebrities/contract-import-schemas'
import {
  ageWords,
  bitsWords,
  codeWords,
  cosineWords,
  isRunning,
  lackOf,
  outcomeOrder,
  pictureOf,
  neverAccepted,
  outcomeLabel,
  planTotals,
  reasonsOf,
  statusOf,
} from './import-words'

const rules = importRulesSchema.parse({})

describe('the words of imports', () => {
  it('name every outcome and every reason, those for a person first', () => {
    expect(outcomeOrder.toSorted()).toEqual([...outcomes].toSorted())
    expect(outcomeOrder[0]).toBe('needs_person')
    expect(outcomeCodes.filter((code) => !codeWords[code])).toEqual([])
  })

  it('say of two faces what the rules of the import say', () => {
    expect(cosineWords(0.5, rules)).toBe('One person by their faces (likeness 0.50, from 0.50 on)')
    expect(cosineWords(0.24, rules)).toBe('Two people by their faces (likeness 0.24, under 0.25)')
    expect(cosineWords(0.25, rules)).toContain('Could be one person or two')
    expect(cosineWords(0.5, { ...rules, same_person: 0.6 })).toContain('Could be one person or two')
  })

  it('say of two pictures whether they are copies', () => {
    expect(bitsWords(0, rules)).toContain('all 64 bits')
    expect(bitsWords(1, rules)).toBe('Two copies of one picture (1 bit of 64 apart, up to 6 count as one)')
    expect(bitsWords(7, rules)).toBe('Two pictures (7 bits of 64 apart)')
  })

  it('warn of an age as long as the doubt of the models reaches under the line', () => {
    expect(ageWords(25, rules)).toContain('Looks 25, give or take 8 years: may be under 18.')
    expect(ageWords(26, rules)).toBeNull()
    expect(ageWords(null, rules)).toBeNull()
  })
})

describe('what an import comes to', () => {
  const outcomeCounts = {
    new_celebrity: 5,
    further_photo: 3,
    replaces_photo: 1,
    duplicate: 2,
    rejected: 4,
    needs_person: 7,
  }

  it('is what goes and what stays behind', () => {
    expect(planTotals({ outcomes: outcomeCounts, published: 0 })).toEqual({ all: 9, goes: 9, stays: 13 })
    expect(planTotals({ outcomes: outcomeCounts, published: 8 })).toMatchObject({ all: 9, goes: 1 })
  })

  it('lists the reasons of an outcome that has files', () => {
    const reasons = { no_face: 3, unreadable: 1, no_licence: 7, same_bytes: 0 }
    expect(reasonsOf({ reasons }, 'rejected')).toEqual([
      { code: 'no_face', files: 3 },
      { code: 'unreadable', files: 1 },
    ])
    expect(reasonsOf({ reasons }, 'needs_person')).toEqual([{ code: 'no_licence', files: 7 }])
    expect(reasonsOf({ reasons }, 'duplicate')).toEqual([])
    expect(reasonsOf({ reasons }, 'new_celebrity')).toEqual([])
  })

  it('runs while the host is at work and nobody has paused it', () => {
    expect(isRunning({ state: 'analyzing', paused: false, problem: null })).toBe(true)
    expect(isRunning({ state: 'analyzing', paused: true, problem: null })).toBe(false)
    expect(isRunning({ state: 'review', paused: false, problem: null })).toBe(false)
    expect(isRunning({ state: 'uploading', paused: false, problem: null })).toBe(false)
    expect(isRunning({ state: 'analyzing', paused: false, problem: 'The disk is away.' })).toBe(false)
  })

  it('says that it is paused, or stands still for something', () => {
    const of = { state: 'analyzing', paused: false, problem: null } as const
    expect(statusOf(of).label).toBe('Analysing')
    expect(statusOf({ ...of, paused: true }).label).toBe('Analysing, paused')
    expect(statusOf({ ...of, paused: true, problem: 'The disk is away.' })).toEqual({
      label: 'Analysing, stopped',
      tone: 'warning',
    })
    expect(statusOf({ ...of, state: 'review', problem: 'The models are away.' }).label).toBe('To review')
  })

  it('counts one file and several', () => {
    expect(outcomeLabel('duplicate', 1)).toBe('duplicate')
    expect(outcomeLabel('new_celebrity', 2)).toBe('new celebrities')
  })
})

describe('what a file lacks', () => {
  const nothing: Import['defaults'] = { licence: null, source: null, category: null, gender: null }
  const file = { name: 'Ada', person_name: null, licence: 'CC0', source: 'here' }

  it('is its own or the default of the batch', () => {
    expect(lackOf(file, { defaults: nothing })).toBeNull()
    expect(lackOf({ ...file, licence: null }, { defaults: nothing })).toBe('licence')
    expect(lackOf({ ...file, licence: null }, { defaults: { ...nothing, licence: 'CC BY' } })).toBeNull()
    expect(lackOf({ ...file, source: null }, { defaults: nothing })).toBe('source')
    expect(lackOf({ ...file, name: null }, { defaults: nothing })).toBe('name')
    expect(lackOf({ ...file, name: null, person_name: 'Ada' }, { defaults: nothing })).toBeNull()
  })
})

describe('what there is to show of a file', () => {
  it('is nothing where no photo could be read', () => {
    const file = { state: 'analyzed', outcome_code: null, thumbnail_url: 'http://host/staged/1' } as const
    expect(pictureOf(file)).toBe(file.thumbnail_url)
    expect(pictureOf({ ...file, state: 'found' })).toBeNull()
    expect(pictureOf({ ...file, state: 'rejected' })).toBeNull()
    expect(pictureOf({ ...file, state: 'rejected', outcome_code: 'unreadable' })).toBeNull()
    expect(pictureOf({ ...file, state: 'rejected', outcome_code: 'no_face' })).toBe(file.thumbnail_url)
    expect(pictureOf({ ...file, outcome_code: 'low_quality' })).toBe(file.thumbnail_url)
  })
})

describe('what accepting a file would change', () => {
  it('is nothing where there is no face, no photo, or the very file is there already', () => {
    const file = { state: 'analyzed', outcome_code: null, published_at: null } as const
    expect(neverAccepted(file)).toBeNull()
    expect(neverAccepted({ ...file, published_at: new Date() })).toMatch(/published already/)
    expect(neverAccepted({ ...file, outcome_code: 'same_picture' })).toBeNull()
    expect(neverAccepted({ ...file, outcome_code: 'low_quality' })).toBeNull()
    expect(neverAccepted({ ...file, outcome_code: 'same_bytes' })).toMatch(/byte by byte/)
    expect(neverAccepted({ ...file, outcome_code: 'no_face' })).toMatch(/no face/)
    expect(neverAccepted({ ...file, state: 'rejected', outcome_code: 'unreadable' })).toMatch(/no photo/)
  })
})
