import type { Bulk, BulkAction } from '../../../../core/jobs/contract-bulk'
import { formatAmount, formatCount, formatDuration } from '../../../kit/format'

interface ActionWords {
  /** On a button. */
  label: string
  /** Where there is little room. */
  short: string
  doing: string
  done: string
  /** What it does, for whoever is about to do it. */
  meaning: string
}

export const actionWords: Record<BulkAction, ActionWords> = {
  retry: {
    label: 'Retry',
    short: 'Retry',
    doing: 'Retrying',
    done: 'retried',
    meaning: 'They start anew with all their attempts. What has begun again can be cancelled.',
  },
  cancel: {
    label: 'Cancel',
    short: 'Cancel',
    doing: 'Cancelling',
    done: 'cancelled',
    meaning: 'They will not be done; a worker that has one gives it up. It can be undone within a day.',
  },
  dismiss: {
    label: 'Dismiss',
    short: 'Dismiss',
    doing: 'Dismissing',
    done: 'dismissed',
    meaning:
      'The failures have been seen and want no retry: they leave the list of failures. It can be undone within a day.',
  },
  prioritise: {
    label: 'Change the priority',
    short: 'Priority',
    doing: 'Changing the priority of',
    done: 'given another priority',
    meaning: 'Workers take the highest priority first. It can be undone within a day.',
  },
}

/** The choices of a priority: few, for only their order counts. */
export const priorities = [
  { id: '10', label: 'Before the others' },
  { id: '0', label: 'As usual' },
  { id: '-10', label: 'Behind the others' },
] as const

/** A priority in words. */
export function priorityWords(priority: number): string {
  const words = priority > 0 ? 'before the others' : priority < 0 ? 'behind the others' : 'as usual'
  return priority === 0 ? words : `${words} (${priority > 0 ? '+' : '−'}${Math.abs(priority)})`
}

/** How far a run has come: 0..1. */
export function progressOf({ state, eligible, done, changed, undone, undo_changed }: Bulk): number {
  const [passed, all] =
    state === 'undoing' || state === 'undone' ? [undone + undo_changed, done] : [done + changed, eligible]
  return all === 0 ? 1 : Math.min(1, passed / all)
}

/** Where a bulk action stands, in a line. */
export function bulkWords(bulk: Bulk): string {
  const { action, state, eligible, done, changed, undone, undo_changed } = bulk
  const words = actionWords[action]
  const passed = formatCount(done + changed)
  switch (state) {
    case 'planned':
      return `${words.label} ${formatAmount(eligible, 'job')}: planned`
    case 'running':
      return `${words.doing} ${passed} of ${formatAmount(eligible, 'job')}${paceWords(bulk)}`
    case 'stopping':
      return `Stopping after ${passed} of ${formatAmount(eligible, 'job')}`
    case 'stopped':
      return `Stopped: ${formatCount(done)} of ${formatAmount(eligible, 'job')} ${words.done}`
    case 'done':
      return `${formatAmount(done, 'job')} ${words.done}${leftAlone(changed, 'had changed and were left alone')}`
    case 'undoing':
      return `Putting back ${formatCount(undone + undo_changed)} of ${formatAmount(done, 'job')}${paceWords(bulk)}`
    case 'undone':
      return `Undone: ${formatAmount(undone, 'job')} put back${leftAlone(undo_changed, 'had changed since and were left alone')}`
  }
}

function paceWords({ per_second, seconds_left }: Bulk): string {
  const pace = per_second === null ? '' : ` · ${formatCount(per_second)} per second`
  return seconds_left === null ? pace : `${pace} · about ${formatDuration(seconds_left * 1000)} left`
}

function leftAlone(count: number, words: string): string {
  return count === 0 ? '' : `; ${formatCount(count)} ${words}`
}
