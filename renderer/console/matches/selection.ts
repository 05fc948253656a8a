import { useCallback, useMemo, useState } from 'react'

/** The most pairs that can be chosen at a time: as many as the host names at once. */
export const mostChosen = 10_000

interface Chosen {
  key: string
  ids: ReadonlySet<string>
  anchor: number
}

/** Which pairs are chosen for what is done to several at a time. */
export interface Selection {
  ids: ReadonlySet<string>
  /** The place of the one that was chosen last, where a range begins; −1: none. */
  anchor: number
  has: (id: string) => boolean
  /** Chooses them or takes them back. */
  set: (ids: readonly string[], isChosen: boolean, anchor: number) => void
  clear: () => void
}

const nothing: ReadonlySet<string> = new Set()

/** A selection that holds while one scrolls; another list (`key`) begins without one. */
export function useSelection(key: string): Selection {
  const [chosen, setChosen] = useState<Chosen>({ key, ids: nothing, anchor: -1 })
  const { ids, anchor } = chosen.key === key ? chosen : { ids: nothing, anchor: -1 }
  const set = useCallback(
    (changed: readonly string[], isChosen: boolean, place: number) =>
      setChosen((before) => {
        const next = new Set(before.key === key ? before.ids : [])
        for (const id of changed) {
          if (isChosen) next.add(id)
          else next.delete(id)
        }
        return { key, ids: next, anchor: place }
      }),
    [key],
  )
  const clear = useCallback(() => setChosen({ key, ids: nothing, anchor: -1 }), [key])
  return useMemo(() => ({ ids, anchor, has: (id) => ids.has(id), set, clear }), [ids, anchor, set, clear])
}
