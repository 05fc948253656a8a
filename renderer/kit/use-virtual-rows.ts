import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect } from 'react'

/** Rows of one height in a scrolling element; tells when the end comes near, and keeps the row `current` in sight. */
export function useVirtualRows(options: {
  scroller: RefObject<HTMLElement | null>
  rows: number
  rowHeight: number
  /** Pixels that a sticky header covers at the top. */
  paddingTop?: number
  current: number
  onEndReached?: () => void
}) {
  const { scroller, rows, rowHeight, paddingTop = 0, current, onEndReached } = options
  // The virtualizer changes in place; memoising what it returns would freeze the list.
  ;('use no memo')
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: paddingTop,
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
