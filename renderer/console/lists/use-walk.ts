import { useEffect, useState } from 'react'

/** Rows by their place, of which some are loaded. */
export interface WalkedRows {
  query: { isPlaceholderData: boolean }
  rowAt: (index: number) => { id: string } | undefined
  /** −1 where the row is not loaded. */
  placeOf: (id: string) => number
}

/** Where one stands in the list, and the way to another place. */
export interface Walk {
  /** −1: nowhere that is loaded. */
  place: number
  goTo: (place: number) => void
}

/**
 * Walks through rows of which not all are loaded: one stands at the place that one goes to at once, and its row is
 * selected as soon as it has arrived.
 */
export function useWalk(
  rows: WalkedRows,
  selectedId: string | undefined,
  onSelect: (id: string) => void,
): Walk {
  const [goal, setGoal] = useState<number | null>(null)
  const found = selectedId === undefined ? -1 : rows.placeOf(selectedId)
  const [last, setLast] = useState(found)
  const arrived = goal === null || rows.query.isPlaceholderData ? undefined : rows.rowAt(goal)

  if (goal !== null && arrived && arrived.id === selectedId) {
    setLast(goal)
    setGoal(null)
  } else if (goal === null) {
    // Out of sight, its window is no longer asked for; it stays where it was.
    if (found >= 0 && found !== last) setLast(found)
    if (selectedId === undefined && last !== -1) setLast(-1)
  }

  const wanted = arrived && arrived.id !== selectedId ? arrived.id : undefined
  useEffect(() => {
    if (wanted !== undefined) onSelect(wanted)
  }, [wanted, onSelect])

  return { place: goal ?? (found >= 0 ? found : last), goTo: setGoal }
}
