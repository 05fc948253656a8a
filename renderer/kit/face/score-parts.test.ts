import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scoreOf } from '../../../core/matching/factors'
import { defaultWeights, factorNames, type Factors } from '../../../core/model/weights'
import { scoreParts } from './score-parts'

const all = (value: number): Factors => ({
  embedding: value,
  geometry: value,
  age: value,
  symmetry: value,
  skin_tone: value,
  expression: value,
})

describe('scoreParts', () => {
  it('adds up to the weighted sum', () => {
    const { parts, score, spread } = scoreParts({ ...all(0.5), embedding: 1 }, defaultWeights)
    expect(score).toBeCloseTo(0.2 + 0.8 * 0.5, 12)
    expect(parts[0]).toMatchObject({ contribution: 0.2, share: 0.2, before: 0 })
    expect(spread).toBeCloseTo(0, 12)
  })

  it('spreads the weight of what is missing over the rest', () => {
    const { parts, score, spread } = scoreParts({ ...all(0.6), age: null, skin_tone: null }, defaultWeights)
    expect(score).toBeCloseTo(0.6, 12)
    expect(spread).toBeCloseTo(0.3, 12)
    expect(parts.find((part) => part.name === 'age')).toMatchObject({
      share: 0,
      contribution: 0,
      value: null,
    })
    expect(parts.find((part) => part.name === 'geometry')?.share).toBeCloseTo(0.2 / 0.7, 12)
  })

  it('is a chain that ends at the very score of the host', () => {
    const factor = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
    const factors = fc.record(
      Object.fromEntries(factorNames.map((name) => [name, factor])) as Record<
        (typeof factorNames)[number],
        typeof factor
      >,
    )
    fc.assert(
      fc.property(factors, (values) => {
        const { parts, score } = scoreParts(values, defaultWeights)
        const end = parts.reduce((reached, part) => {
          expect(part.before).toBeCloseTo(reached, 12)
          return part.before + part.contribution
        }, 0)
        expect(end).toBeCloseTo(score, 12)
        const scored = scoreOf(values, defaultWeights)
        if (scored !== null) expect(score).toBeCloseTo(scored, 12)
      }),
    )
  })

  it('is nothing where nothing is known', () => {
    const none = Object.fromEntries(factorNames.map((name) => [name, null])) as Factors
    expect(scoreParts(none, defaultWeights)).toMatchObject({ score: 0, spread: 0 })
  })
})
