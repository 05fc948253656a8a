import type { Histogram, Standing } from '../../../core/matching/contract-pair'
import { formatScore } from '../../kit/face/score-badge'
import { formatCount, formatPercent } from '../../kit/format'

/** Where the score stands, in sentences: among what is stored, and among what strangers get. */
export function standingSentences(
  standing: Standing,
  group: 'all' | 'a' | 'b',
  names: readonly [string, string],
  what: 'matches' | 'lookalikes',
): string[] {
  const { stored, background } = group === 'all' ? standing : standing[group]
  const score = formatScore(standing.score)
  const name = group === 'all' ? null : names[group === 'a' ? 0 : 1]
  return [
    share(stored, score, name === null ? `stored ${what}` : `other ${what} of ${name}`),
    share(background, score, name === null ? 'random pairs' : `random others whom ${name} was compared with`),
  ]
}

function share({ percentile, total }: Histogram, score: string, of: string): string {
  if (percentile === null || total === 0) return `There are no ${of} to compare ${score} with.`
  return `${score} is higher than ${formatPercent(percentile, percentile > 0.99 && percentile < 1 ? 1 : 0)} of ${formatCount(total)} ${of}.`
}
