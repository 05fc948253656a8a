import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect } from 'react'

/** Rows of one height in a scrolling element; tells when the end comes near, and keeps the row `current` in sight. */
export function useVirtualRows(options: {
  scroller: RefObject<HTMLElement | null>
  rows: number
  rowHeight: number
  /** Pixels of a sticky header, which stands in the same box as the rows. */
  paddingTop?: number
  /** Rows kept ready beyond either edge. */
  overscan?: number
  /** Pixels of air below the last row. */
  paddingBottom?: number
  current: number
  onEndReached?: () => void
}) {
  const {
    scroller,
    rows,
    rowHeight,
    paddingTop = 0,
    paddingBottom = 0,
    overscan = 8,
    current,
    onEndReached,
  } = options
  // eslint-disable-next-line react-hooks/incompatible-library -- changes in place; nothing of it is memoised here
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
    paddingStart: paddingTop,
    paddingEnd: paddingBottom,
    scrollPaddingStart: paddingTop,
    scrollPaddingEnd: paddingBottom,
  })
  const items = virtualizer.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? -1

  useEffect(() => {
    virtualizer.measure()
  }, [virtualizer, rowHeight])

  useEffect(() => {
    if (rows > 0 && lastShown >= rows - 5) onEndReached?.()
  }, [lastShown, rows, onEndReached])

  useEffect(() => {
    if (current >= 0) virtualizer.scrollToIndex(current, { align: 'auto' })
  }, [virtualizer, current])

  const pageRows = Math.max(
    1,
    Math.floor(((scroller.current?.clientHeight ?? 0) - paddingTop) / rowHeight) - 1,
  )
  return { items, height: virtualizer.getTotalSize(), pageRows }
}
