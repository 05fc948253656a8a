import { useEffect, useState } from 'react'
import type { MatchRows } from './use-match-rows'

/** Where one stands in the list, and the way to another place. */
export interface Walk {
  /** −1: nowhere that is loaded. */
  place: number
  goTo: (place: number) => void
}

/**
 * Walks through rows of which not all are loaded: a place that is not there yet is gone to, and its pair is selected as
 * soon as it has arrived.
 */
export function useWalk(
  rows: MatchRows,
  selectedId: string | undefined,
  onSelect: (id: string) => void,
): Walk {
  const [goal, setGoal] = useState<number | null>(null)
  const found = selectedId === undefined ? -1 : rows.placeOf(selectedId)
  const [last, setLast] = useState(found)
  // Out of sight, its window is no longer asked for; it stays where it was.
  if (found >= 0 && found !== last) setLast(found)
  if (selectedId === undefined && last !== -1) setLast(-1)

  const arrived = goal === null ? undefined : rows.rowAt(goal)
  const isStale = rows.query.isPlaceholderData
  useEffect(() => {
    if (goal === null || !arrived || isStale) return
    onSelect(arrived.id)
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the goal is reached when its row has come in
    setGoal(null)
  }, [goal, arrived, isStale, onSelect])

  return {
    place: goal ?? (found >= 0 ? found : last),
    goTo: (place) => {
      const row = rows.rowAt(place)
      if (!row) {
        setGoal(place)
        return
      }
      setGoal(null)
      onSelect(row.id)
    },
  }
}
