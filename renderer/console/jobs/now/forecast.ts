import type { QueueNow } from '../../../../core/jobs/contract-monitor'
import { formatDuration } from '../../../kit/format'

/** A span of time in whole seconds: nobody reads a queue more closely. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return whole < 60 ? `${whole}\u00a0s` : formatDuration(whole * 1000)
}

/** The time until the queue is empty as a number and a note: what is known of it, and how surely. */
export function emptyWords(empty: QueueNow['empty']): { value: string; note: string; isBad: boolean } {
  switch (empty.state) {
    case 'none':
      return { value: 'Empty', note: 'nothing is left to do', isBad: false }
    case 'unknown':
      return { value: 'Unknown', note: 'no job has ended lately', isBad: false }
    case 'growing':
      return { value: 'Growing', note: 'more jobs come than end', isBad: true }
    case 'estimated': {
      const { seconds, low, high } = empty
      return {
        value: formatSeconds(seconds),
        note:
          high === null
            ? `at least ${formatSeconds(low)}`
            : `${formatSeconds(low)} to ${formatSeconds(high)}`,
        isBad: false,
      }
    }
  }
}
