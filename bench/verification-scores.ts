/** A pair of photos and how alike its faces are. */
export interface ScoredPair {
  isSame: boolean
  score: number
}

/**
 * k-fold accuracy: the threshold that is best on the other folds is judged on each. Folds are dealt in the order of
 * the pairs, same and different apart, so that they hold the same share of both and every run deals them alike.
 * @returns the mean and the standard deviation of the folds, and the mean threshold
 */
export function accuracyByFolds(pairs: ScoredPair[], folds: number) {
  const dealt = [true, false].flatMap((isSame) =>
    pairs.filter((pair) => pair.isSame === isSame).map((pair, index) => ({ ...pair, fold: index % folds })),
  )
  const results = Array.from({ length: folds }, (_, fold) => {
    const threshold = bestThreshold(dealt.filter((pair) => pair.fold !== fold))
    const judged = dealt.filter((pair) => pair.fold === fold)
    return { threshold, size: judged.length, accuracy: accuracyAt(judged, threshold) }
  })
  const accuracy = results.reduce((sum, { accuracy, size }) => sum + accuracy * size, 0) / pairs.length
  const variance = results.reduce((sum, result) => sum + (result.accuracy - accuracy) ** 2, 0) / folds
  const threshold = results.reduce((sum, result) => sum + result.threshold, 0) / folds
  return { accuracy, deviation: Math.sqrt(variance), threshold }
}

/** The middle of the gap between two scores that divides the pairs best. */
function bestThreshold(pairs: ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.score - b.score)
  // With the threshold below everything all pairs count as the same; each step up turns one into different.
  let right = pairs.filter(({ isSame }) => isSame).length
  let best = { right, threshold: -1 }
  for (const [index, { isSame, score }] of sorted.entries()) {
    right += isSame ? -1 : 1
    const next = sorted[index + 1]?.score ?? 1
    if (right > best.right) best = { right, threshold: (score + next) / 2 }
  }
  return best.threshold
}

const accuracyAt = (pairs: ScoredPair[], threshold: number) =>
  pairs.filter(({ isSame, score }) => score >= threshold === isSame).length / pairs.length

/** The part of same pairs accepted where at most `falseRate` of the different ones are. */
export function acceptedAt(pairs: ScoredPair[], falseRate: number): { rate: number; threshold: number } {
  const impostors = pairs.filter(({ isSame }) => !isSame).map(({ score }) => score)
  const threshold = impostors.toSorted((a, b) => b - a)[Math.floor(impostors.length * falseRate)]
  const genuine = pairs.filter(({ isSame }) => isSame)
  return { rate: genuine.filter(({ score }) => score > threshold).length / genuine.length, threshold }
}

export const percent = (part: number) => `${(part * 100).toFixed(2)} %`
