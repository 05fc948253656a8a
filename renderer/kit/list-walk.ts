import type { KeyboardEvent } from 'react'

/** How the keys move through items that stand in rows of `columns`. */
export interface ListWalk {
  count: number
  columns: number
  /** Rows that are in sight: the step of Page Up and Page Down. */
  pageRows: number
  /** −1: none yet. */
  index: number
}

/**
 * Where a key leads in a list or grid, or undefined for keys that don't move. Never wraps; the first move from
 * nowhere goes to the first item (End: the last).
 */
export function nextIndex(key: string, { count, columns, pageRows, index }: ListWalk): number | undefined {
  if (count === 0) return undefined
  const last = count - 1
  const clamp = (target: number) => Math.min(last, Math.max(0, target))
  if (key === 'Home') return 0
  if (key === 'End') return last
  const step = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ArrowRight: columns > 1 ? 1 : 0,
    ArrowLeft: columns > 1 ? -1 : 0,
    PageDown: columns * pageRows,
    PageUp: -columns * pageRows,
    j: columns,
    k: -columns,
  }[key]
  if (!step) return undefined
  if (index < 0) return 0
  // A grid's last row may be short: moving straight down lands on its end, straight up at the top stays.
  if (step === -columns && index < columns) return index
  return clamp(index + step)
}

/** Handles the walking keys and Enter on a list's element; all else bubbles. */
export function onListKeys(
  event: KeyboardEvent,
  walk: ListWalk,
  onMove: (index: number) => void,
  onOpen: (index: number) => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Enter' && walk.index >= 0) {
    event.preventDefault()
    onOpen(walk.index)
    return
  }
  const target = nextIndex(event.key, walk)
  if (target === undefined) return
  event.preventDefault()
  // Also to where one is already: what was closed there opens again.
  onMove(target)
}
