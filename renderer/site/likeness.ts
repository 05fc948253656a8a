/**
 * A score of two people in words. The steps are where scores of strangers of one school lie (docs/matching.md, "The
 * default threshold"): half of them under .55, nineteen of twenty under .70, all but one of a hundred under .75.
 */
export function likenessWords(score: number): string {
  if (score >= 0.8) return 'Strikingly alike'
  if (score >= 0.75) return 'Very much alike'
  if (score >= 0.7) return 'Much alike'
  return score >= 0.55 ? 'Somewhat alike' : 'A little alike'
}
