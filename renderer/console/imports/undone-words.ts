import { formatAmount, formatCount } from '../../kit/format'

/** What became of an import that was undone: “10 photos taken back, 6 kept”. */
export function undoneWords({ undone, kept }: { undone: number; kept: number }): string {
  if (kept === 0) return `${formatAmount(undone, 'photo')} taken back`
  if (undone === 0) return `Nothing taken back, ${formatAmount(kept, 'photo')} kept`
  return `${formatAmount(undone, 'photo')} taken back, ${formatCount(kept)} kept`
}
