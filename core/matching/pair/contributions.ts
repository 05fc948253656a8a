import { factorNames, type FactorName, type Factors, type Weights } from '../../model/weights'
import type { Contribution } from '../contract-pair'
import { scoreOf } from '../factors'

/** What of a side says which factors it could take part in: null where it is not known. */
export type ComparedColumns = Record<FactorName, unknown>

/**
 * How the factors sum up to the score: a factor that is missing weighs nothing, and the weights of the others are
 * divided by their sum. All contribute nothing where there is no score.
 * @param isOneModel whether the embeddings can be compared
 */
export function contributionsOf(
  factors: Factors,
  weights: Weights,
  { a, b, isOneModel }: { a: ComparedColumns; b: ComparedColumns; isOneModel: boolean },
): Contribution[] {
  const hasScore = scoreOf(factors, weights) !== null
  const known = factorNames.filter((name) => factors[name] !== null)
  const sum = known.reduce((total, name) => total + weights[name], 0)
  return factorNames.map((factor) => {
    const value = factors[factor]
    const effective = hasScore && value !== null && sum > 0 ? weights[factor] / sum : 0
    return {
      ...{ factor, value, weight: weights[factor], effective_weight: effective },
      contribution: effective * (value ?? 0),
      missing: value === null ? missingSide(a[factor], b[factor], factor, isOneModel) : null,
    }
  })
}

/** A column that is there and yet gives no factor (a skin tone that is no colour) lacks on both sides, for all we know. */
function missingSide(
  a: unknown,
  b: unknown,
  factor: FactorName,
  isOneModel: boolean,
): Contribution['missing'] {
  if (factor === 'embedding' && a !== null && b !== null && !isOneModel) return 'models'
  if (a === null) return b === null ? 'both' : 'a'
  return b === null ? 'b' : 'both'
}
