import { useSyncExternalStore } from 'react'
import { formatDateTime, formatRelative, unknown } from './format'

const listeners = new Set<() => void>()
let current = new Date()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    current = new Date()
    for (const tell of listeners) tell()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function snapshot(): Date {
  // While nobody looks the timer stands: what it said last is the past, and what was just done would lie in the future.
  if (timer === undefined && Date.now() - current.getTime() > 1000) current = new Date()
  return current
}

/** The time, once a second; one timer for everybody. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, snapshot)
}

/** A moment as "12 s ago" that stays true, with the full date in its tooltip. */
export function RelativeTime({ date }: { date: Date | null }) {
  const now = useNow()
  if (!date) return <span className="text-ink-3">{unknown}</span>
  return (
    <time dateTime={date.toISOString()} title={formatDateTime(date)} className="whitespace-nowrap">
      {formatRelative(date, now)}
    </time>
  )
}
