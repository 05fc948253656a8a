import type { ChangeGroup } from '../../../../core/celebrities/contract-curation'
import { formatAmount, formatCount } from '../../../kit/format'

/** What was left out, by reason, the most frequent first. */
export function skippedByReason(skipped: ChangeGroup['skipped']): { reason: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason))
}

/** What was left out as one line: "3 left out: the same already". Undefined where nothing was. */
export function skippedWords(skipped: ChangeGroup['skipped']): string | undefined {
  if (skipped.length === 0) return undefined
  const reasons = skippedByReason(skipped)
  const [only] = reasons
  if (reasons.length === 1 && only) return `${formatCount(only.count)} left out: ${only.reason}`
  return `Left out: ${reasons.map(({ reason, count }) => `${formatCount(count)} ${reason}`).join('; ')}`
}

export interface Undone {
  undone: number
  kept: readonly { name: string; reason: string }[]
}

/** What an undo brought back and what it left, for a note. */
export function undoneWords({ undone, kept }: Undone, what?: string): { title: string; detail?: string } {
  const title = what ? `Undone: ${what}` : `${formatAmount(undone, 'change')} undone`
  if (kept.length === 0) return { title }
  const told = kept.slice(0, 3).map(({ name, reason }) => `${name}: ${reason}`)
  const more = kept.length - told.length
  return {
    title: `${title}, ${formatCount(kept.length)} left as ${kept.length === 1 ? 'it is' : 'they are'}`,
    detail: `${told.join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''}`,
  }
}

/** Where nothing stands whole that can be taken back: also where an undo had to leave a part, or the time for it is over. */
export const nothingToUndo = {
  title: 'There is nothing to undo',
  detail:
    'You have no change that can be undone as a whole. What an earlier undo had to leave still stands; each celebrity’s history lists it.',
}

/** Where nothing was taken back, or something else was done since. */
export const nothingToRedo = {
  title: 'There is nothing to do again',
  detail:
    'You have taken nothing back, or changed something else since. Photos that were replaced or removed are not done again.',
}
