/**
 * Rows that were shown, by their place in a list: they go on to stand there while newer ones are on their way. Of one
 * list at a time; a row of another is never given.
 */
export interface RowMemory<Row> {
  /** @param list Undefined: whichever list was shown last. */
  at: (list: string | undefined, index: number) => Row | undefined
  /** Keeps rows of a list from a place on; another list takes the place of the one before. */
  keep: (list: string, offset: number, rows: readonly Row[]) => void
}

/** @param most Rows that are kept; beyond it, all but the newest are let go. */
export function createRowMemory<Row>(most = 20_000): RowMemory<Row> {
  let current: string | undefined
  let rows = new Map<number, Row>()
  return {
    at: (list, index) => (list === undefined || list === current ? rows.get(index) : undefined),
    keep: (list, offset, newRows) => {
      if (list !== current || rows.size + newRows.length > most) rows = new Map()
      current = list
      for (const [place, row] of newRows.entries()) rows.set(offset + place, row)
    },
  }
}
