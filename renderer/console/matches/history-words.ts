import type { PairHistory } from '../../../core/matching/contract-pair'
import { factorNames, type Weights } from '../../../core/model/weights'
import { factorLabels } from '../../kit/face/factor-words'

export const whyWords: Record<PairHistory['scores'][number]['why'], string> = {
  found: 'Found',
  reanalysis: 'A side was analysed again',
  settings: 'By other weights',
  rescore: 'Everybody was scored again',
  recompute: 'Recomputed',
}

/** "+0.012", "−0.120"; U+2212 is as wide as a plus. */
export function changeWords(from: number, to: number): string {
  const change = (to - from).toFixed(3)
  return Number(change) === 0 ? '±0' : change.replace(/^-/, '−').replace(/^(?!−)/, '+')
}

/** Which weights are others than before: "embedding 0.20 → 0.40"; null where none is, or one of them is not known. */
export function weightChanges(from: Weights | null, to: Weights | null): string | null {
  if (!from || !to) return null
  const changed = factorNames.filter((name) => Math.abs(from[name] - to[name]) > 1e-9)
  if (changed.length === 0) return null
  return changed
    .map((name) => `${factorLabels[name].toLowerCase()} ${from[name].toFixed(2)} → ${to[name].toFixed(2)}`)
    .join(', ')
}
