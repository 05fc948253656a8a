import { describe, expect, it } from 'vitest'
import type { Contribution, Standing } from '../../../core/matching/contract-pair'
import { defaultWeights } from '../../../core/model/weights'
import { changeWords, weightChanges } from './history-words'
import { standingSentences } from './standing-words'
import { beforeEach as scoresBefore, missingWords, shortNames, waterfallSummary } from './waterfall-words'

const names = { a: { name: 'Ada' }, b: { name: null } }

const part = (factor: Contribution['factor'], contribution: number): Contribution => ({
  factor,
  value: 1,
  weight: contribution,
  effective_weight: contribution,
  contribution,
  missing: null,
})

describe('the waterfall in words', () => {
  const contributions: Contribution[] = [
    part('embedding', 0.5),
    part('age', 0.25),
    { factor: 'skin_tone', value: null, weight: 0.15, effective_weight: 0, contribution: 0, missing: 'b' },
  ]

  it('begins each step where the one before has ended', () => {
    expect(scoresBefore(contributions)).toEqual([0, 0.5, 0.75])
  })

  it('says what adds what, and who lacks what is missing', () => {
    const text = waterfallSummary({ contributions, current_score: 0.75, ...names })
    expect(text).toBe(
      'The score is 0.750. Of it, embedding adds 0.500, age adds 0.250. skin tone: missing for the second.',
    )
    expect(waterfallSummary({ contributions: [], current_score: null, ...names })).toContain(
      'There is no score.',
    )
    expect(missingWords('a', names)).toBe('Missing for Ada')
  })
})

describe('names of narrow columns', () => {
  it('are first names, unless these are the same', () => {
    const named = (a: string | null, b: string | null) => shortNames({ a: { name: a }, b: { name: b } })
    expect(named('Ada Abara', 'Bob Cohen')).toEqual(['Ada', 'Bob'])
    expect(named('Ada Abara', 'Ada Cohen')).toEqual(['Ada Abara', 'Ada Cohen'])
    expect(named(null, 'Bob')).toEqual(['First', 'Bob'])
  })
})

describe('where a score stands, in words', () => {
  const histogram = (percentile: number | null, total: number) => ({ counts: [], total, percentile })
  const standing: Standing = {
    score: 0.85,
    threshold: 0.65,
    stored: histogram(0.9731, 100_000),
    background: histogram(0.9991, 20_000),
    a: { stored: histogram(null, 0), background: histogram(0.5, 500) },
    b: { stored: histogram(1, 3), background: histogram(0, 500) },
  }
  const sentences = (group: 'all' | 'a' | 'b') =>
    standingSentences(standing, group, ['Ada', 'Bob'], 'matches').map((text) =>
      text.replaceAll('\u00a0', ' '),
    )

  it('names the share, the number, and among whom', () => {
    expect(sentences('all')).toEqual([
      '0.850 is higher than 97 % of 100,000 stored matches.',
      '0.850 is higher than 99.9 % of 20,000 random pairs.',
    ])
    expect(sentences('b')[0]).toBe('0.850 is higher than 100 % of 3 other matches of Bob.')
  })

  it('says so where there is nothing to compare with', () => {
    expect(sentences('a')[0]).toBe('There are no other matches of Ada to compare 0.850 with.')
  })
})

describe('the history in words', () => {
  it('signs changes', () => {
    expect(changeWords(0.8, 0.812)).toBe('+0.012')
    expect(changeWords(0.8, 0.68)).toBe('−0.120')
    expect(changeWords(0.8, 0.8001)).toBe('±0')
  })

  it('names the weights that are others', () => {
    const other = { ...defaultWeights, embedding: 0.4, age: 0 }
    expect(weightChanges(defaultWeights, other)).toBe('embedding 0.20 → 0.40, age 0.15 → 0.00')
    expect(weightChanges(defaultWeights, defaultWeights)).toBeNull()
    expect(weightChanges(null, other)).toBeNull()
  })
})
