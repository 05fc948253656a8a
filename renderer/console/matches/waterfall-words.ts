import type { Contribution, Pair } from '../../../core/matching/contract-pair'
import { formatScore } from '../../kit/face/score-badge'
import { factorLabels } from '../../kit/face/factor-words'

type Names = { a: { name: string | null }; b: { name: string | null } }

/** Which side lacks what a factor compares. */
export function missingWords(missing: NonNullable<Contribution['missing']>, { a, b }: Names): string {
  const [first, second] = [a.name ?? 'the first', b.name ?? 'the second']
  switch (missing) {
    case 'a':
      return `Missing for ${first}`
    case 'b':
      return `Missing for ${second}`
    case 'both':
      return 'Missing for both'
    case 'models':
      return 'The two were analysed with different models, whose embeddings can’t be compared'
  }
}

/** Both names for narrow columns: the first word of each, unless that is the same. */
export function shortNames({ a, b }: Names): [string, string] {
  const [first, second] = [a.name ?? 'First', b.name ?? 'Second']
  const [short, other] = [first.split(' ')[0] ?? first, second.split(' ')[0] ?? second]
  return short === other ? [first, second] : [short, other]
}

/** The score before each factor is added. */
export function beforeEach(contributions: readonly Contribution[]): number[] {
  let sum = 0
  return contributions.map(({ contribution }) => {
    sum += contribution
    return sum - contribution
  })
}

/** The waterfall as a sentence. */
export function waterfallSummary({
  contributions,
  current_score,
  a,
  b,
}: Pick<Pair, 'contributions' | 'current_score'> & Names): string {
  const added = contributions
    .filter(({ value }) => value !== null)
    .map(
      ({ factor, contribution }) => `${factorLabels[factor].toLowerCase()} adds ${formatScore(contribution)}`,
    )
  const missing = contributions.flatMap(({ factor, missing }) =>
    missing === null
      ? []
      : [`${factorLabels[factor].toLowerCase()}: ${missingWords(missing, { a, b }).toLowerCase()}`],
  )
  const score = current_score === null ? 'There is no score.' : `The score is ${formatScore(current_score)}.`
  return [
    `${score} Of it, ${added.join(', ') || 'nothing is known'}.`,
    ...missing.map((text) => `${text}.`),
  ].join(' ')
}
