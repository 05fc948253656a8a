import { factorNames, type FactorName, type Factors, type Weights } from '../../../core/model/weights'

/** What people call the factors. */
export const factorLabels: Record<FactorName, string> = {
  embedding: 'Embedding',
  geometry: 'Geometry',
  age: 'Age',
  symmetry: 'Symmetry',
  skin_tone: 'Skin tone',
  expression: 'Expression',
}

/** What each factor compares, for tooltips. */
export const factorMeanings: Record<FactorName, string> = {
  embedding: 'How near the two faces stand in the space of the recogniser',
  geometry: 'How alike the proportions between the landmarks are',
  age: 'How near the two estimated ages are',
  symmetry: 'How alike the left-right symmetry of the two faces is',
  skin_tone: 'How near the two skin colours look (CIELAB)',
  expression: 'How alike the expressions are',
}

export interface ScorePart {
  name: FactorName
  /** The similarity, [0, 1]; null where a side lacks what it compares. */
  value: number | null
  /** As set by the admin. */
  weight: number
  /** What the factor counts after the weights of missing ones were spread over the rest; 0 where it is missing. */
  share: number
  /** share × value: how much of the score comes from here. */
  contribution: number
  /** The score before this factor was added, in the order of the list. */
  before: number
}

export interface ScoreParts {
  parts: ScorePart[]
  /** The sum of the contributions. */
  score: number
  /** The weight that missing factors left to the others, [0, 1]. */
  spread: number
}

/**
 * Takes a score apart into what each factor adds. A missing factor drops out and the other weights are divided by their
 * sum, so that they sum to 1 again: the same rule by which the score was made.
 */
export function scoreParts(factors: Factors, weights: Weights): ScoreParts {
  const present = factorNames.reduce((sum, name) => (factors[name] === null ? sum : sum + weights[name]), 0)
  let score = 0
  const parts = factorNames.map((name): ScorePart => {
    const value = factors[name]
    const share = value === null || present === 0 ? 0 : weights[name] / present
    const contribution = share * (value ?? 0)
    const before = score
    score += contribution
    return { name, value, weight: weights[name], share, contribution, before }
  })
  return { parts, score, spread: present === 0 ? 0 : Math.max(0, 1 - present) }
}
