import { useEffect, useState } from 'react'

/** Rows by their place, of which some are loaded. */
export interface WalkedRows {
  /** Identifies the list: other filters, other rows. */
  key: string
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
 * selected as soon as it has arrived. Where nothing is selected any more, one stays where one was.
 */
export function useWalk(
  rows: WalkedRows,
  selectedId: string | undefined,
  onSelect: (id: string) => void,
): Walk {
  const [goal, setGoal] = useState<number | null>(null)
  const found = selectedId === undefined ? -1 : rows.placeOf(selectedId)
  const [last, setLast] = useState({ key: rows.key, place: found })
  const arrived = goal === null || rows.query.isPlaceholderData ? undefined : rows.rowAt(goal)

  const known = last.key === rows.key ? last.place : -1
  if (goal !== null && arrived && arrived.id === selectedId) {
    setLast({ key: rows.key, place: goal })
    setGoal(null)
  } else if (goal === null && found >= 0 && found !== known) {
    // Out of sight, its window is no longer asked for; it stays where it was.
    setLast({ key: rows.key, place: found })
  }

  const wanted = arrived && arrived.id !== selectedId ? arrived.id : undefined
  useEffect(() => {
    if (wanted !== undefined) onSelect(wanted)
  }, [wanted, onSelect])

  return { place: goal ?? (found >= 0 ? found : known), goTo: setGoal }
}
