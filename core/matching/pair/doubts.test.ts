import { expect, test } from 'vitest'
import type { Factors } from '../../model/weights'
import { defaultWeights } from '../../model/weights'
import { contributionsOf } from './contributions'
import { doubtsOf, type DoubtedPair, type DoubtedSide } from './doubts'
import { scoreOf } from '../factors'

const now = new Date('2026-11-23T00:00:00Z')

const good: DoubtedSide = {
  ...{ name: 'Ada', isAnalyzed: true, analyzed_at: now, quality_score: 0.9, faces_found: 1 },
  ...{ quality_components: { sharpness: 90, natural_colour: 80 }, skin_tone_lab: [60, 14, 17] },
  ...{ expression: 'happy', expression_confidence: 0.9 },
}
const whole: Factors = {
  embedding: 0.5,
  geometry: 0.5,
  age: 0.5,
  symmetry: 0.5,
  skin_tone: 0.5,
  expression: 0.5,
}

function pairOf(
  change: {
    a?: Partial<DoubtedSide>
    factors?: Partial<Factors>
    missingOf?: 'a' | 'b'
    stored?: number
  } = {},
): DoubtedPair {
  const factors = { ...whole, ...change.factors }
  const known = { embedding: 1, geometry: 1, age: 1, symmetry: 1, skin_tone: 1, expression: 1 }
  const lacking = Object.fromEntries(
    Object.entries(factors).map(([name, value]) => [name, value === null ? null : 1]),
  ) as typeof known
  const sides = change.missingOf === 'b' ? { a: known, b: lacking } : { a: lacking, b: known }
  return {
    similarity_score: change.stored ?? 0.5,
    current_score: scoreOf(factors, defaultWeights),
    contributions: contributionsOf(factors, defaultWeights, { ...sides, isOneModel: true }),
    leastQuality: 0.6,
    a: { ...good, ...change.a },
    b: { ...good, name: null },
  }
}

const said = (pair: DoubtedPair) =>
  doubtsOf(pair, now).map(({ side, code, severity, because }) => `${side} ${code} ${severity}: ${because}`)

test('of two good photos nothing is said', () => {
  expect(said(pairOf())).toEqual([])
})

test.each([
  [
    'another score today',
    pairOf({ stored: 0.71 }),
    'pair stale_score low: it says 0.71, but by today’s analyses and weights it is 0.50',
  ],
  [
    'a factor that one lacks',
    pairOf({ factors: { age: null }, missingOf: 'b' }),
    'pair missing_factor low: the age is not known of the second person, so the other factors weigh more',
  ],
  [
    'no embedding of who is analysed',
    pairOf({ factors: { embedding: null } }),
    'pair no_score high: too little is known of both sides to compute it today',
  ],
  [
    'a face that is not analysed, and nothing else',
    pairOf({ a: { isAnalyzed: false }, factors: { embedding: null, age: null } }),
    'a not_analyzed high: the photo of Ada is not analysed',
  ],
  [
    'under the gate',
    pairOf({ a: { quality_score: 0.5 } }),
    'a below_gate low: the photo of Ada is below what matching asks for (50 % of 60 %)',
  ],
  ['poor', pairOf({ a: { quality_score: 0.2 } }), 'a low_quality high: the photo of Ada is poor (20 %)'],
  [
    'grey, which explains the skin tone',
    pairOf({
      a: { skin_tone_lab: null, quality_components: { natural_colour: null } },
      factors: { skin_tone: null },
    }),
    'a grey_photo low: the photo of Ada is grey, so its skin tone says nothing',
  ],
  [
    'an expression that is a guess',
    pairOf({ a: { expression_confidence: 0.38 } }),
    'a unsure_expression low: the expression of Ada is a guess (happy, 38 %)',
  ],
  [
    'analysed long ago',
    pairOf({ a: { analyzed_at: new Date('2025-09-01T00:00:00Z') } }),
    'a old_analysis low: the photo of Ada was analysed 14 months ago',
  ],
  [
    'too dark',
    pairOf({ a: { quality_components: { luminance_mean: 10, natural_colour: 50 } } }),
    'a weak_component high: the photo of Ada is weak: too dark (10 of 100)',
  ],
])('%s', (_, pair, expected) => {
  expect(said(pair)[0]).toBe(expected)
})

test('what only an identity photo asks for is no doubt', () => {
  expect(said(pairOf({ a: { quality_components: { mouth_closed: 1, natural_colour: 90 } } }))).toEqual([])
})

test('high ones come first, and one doubt stands for one cause', () => {
  const pair = pairOf({ stored: 0.9, a: { quality_score: 0.1, faces_found: 4 } })
  expect(doubtsOf(pair, now).map(({ code }) => code)).toEqual(['low_quality', 'stale_score', 'several_faces'])
  const grey = pairOf({
    ...{ a: { skin_tone_lab: null, quality_components: { natural_colour: null } } },
    ...{ factors: { skin_tone: null } },
  })
  expect(said(grey)).toHaveLength(1)
})
