import { formatNumber } from '../../kit/format'

export interface Range {
  /** Ends in [0, 1]; undefined is open. */
  min: number | undefined
  max: number | undefined
}

/** "≥ 0.40", "≤ 0.80", "0.40–0.80", "any" */
export function rangeWords({ min, max }: Range): string {
  if (min === undefined && max === undefined) return 'any'
  if (max === undefined) return `≥ ${formatNumber(min)}`
  if (min === undefined) return `≤ ${formatNumber(max)}`
  return `${formatNumber(min)}–${formatNumber(max)}`
}
