import { formatNumber } from './format'

export interface Range {
  /** Undefined is open. */
  min: number | undefined
  max: number | undefined
}

/** "≥ 0.40", "≤ 0.80", "0.40–0.80", "any" */
export function rangeWords({ min, max }: Range, digits = 2): string {
  if (min === undefined && max === undefined) return 'any'
  if (max === undefined) return `≥ ${formatNumber(min, digits)}`
  if (min === undefined) return `≤ ${formatNumber(max, digits)}`
  return `${formatNumber(min, digits)}–${formatNumber(max, digits)}`
}
