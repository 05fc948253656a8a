import type { KeyboardEvent } from 'react'

/** Rows that are chosen, apart from the one that one stands on. */
export interface WindowChecks {
  has: (key: string) => boolean
  /** `partly`: some of all rows. */
  state: 'none' | 'partly' | 'all'
  /** `isRange`: with Shift, from the last one that was chosen to this. */
  onToggle: (index: number, isRange: boolean) => void
  onToggleAll: () => void
}

/** How far Shift and an arrow lead; undefined for other keys. */
function stepOf(key: string, columns: number): number | undefined {
  if (key === 'ArrowDown') return columns
  if (key === 'ArrowUp') return -columns
  if (columns === 1) return undefined
  return { ArrowRight: 1, ArrowLeft: -1 }[key]
}

/**
 * Space and x choose the current row, with Shift all up to it; Shift and an arrow choose on the way; Ctrl-A all. From
 * nowhere, they lead to the first.
 * @returns whether the key was one of these
 */
export function onCheckKeys(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'preventDefault'>,
  { current, count, columns }: { current: number; count: number; columns: number },
  checks: WindowChecks,
  onCurrent: (index: number) => void,
): boolean {
  const isModified = event.ctrlKey || event.metaKey
  const step = event.shiftKey && !isModified ? stepOf(event.key, columns) : undefined
  const isCheck = !isModified && (event.key === ' ' || event.key.toLowerCase() === 'x')
  if (event.key === 'a' && isModified) checks.onToggleAll()
  else if (!isCheck && step === undefined) return false
  else if (current < 0) {
    if (count > 0) onCurrent(0)
  } else if (step === undefined) checks.onToggle(current, event.shiftKey)
  else {
    const target = Math.min(count - 1, Math.max(0, current + step))
    if (checks.state === 'none') checks.onToggle(current, false)
    checks.onToggle(target, true)
    onCurrent(target)
  }
  event.preventDefault()
  return true
}
