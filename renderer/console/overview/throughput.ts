import type { Overview } from '../../../core/overview/contract'
import { formatAmount, formatDuration, formatNumber } from '../../kit/format'

/** The minutes that a rate is taken from: recent enough to be true, long enough to be steady. */
const recentMinutes = 3

/** Jobs that ended a minute, over the last three full minutes; the running one is left out. */
export function ratePerMinute(perMinute: Overview['queue']['per_minute']): number {
  const recent = perMinute.slice(-1 - recentMinutes, -1)
  if (recent.length === 0) return 0
  return recent.reduce((sum, { completed, failed }) => sum + completed + failed, 0) / recent.length
}

/** "42 per minute · empty in about 3 min"; what of it is known. */
export function describeThroughput(queue: Overview['queue']): string {
  const rate = ratePerMinute(queue.per_minute)
  const open = queue.pending + queue.processing
  const current = queue.per_minute.at(-1)
  const justEnded = current ? current.completed + current.failed : 0
  if (rate === 0 && justEnded > 0) return `${formatAmount(justEnded, 'job')} ended in this minute`
  if (rate === 0) return open === 0 ? 'Nothing to do' : 'No job has ended in the last minutes'
  const speed = `${formatNumber(rate, rate < 10 ? 1 : 0)} per minute`
  return open === 0 ? speed : `${speed} · empty in about ${formatDuration((open / rate) * 60_000)}`
}
