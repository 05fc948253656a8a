import { type RefObject, useEffect, useState } from 'react'

/** Rows from `first` to `last`, both included; last < first: none. */
export interface RowRange {
  first: number
  last: number
}

/**
 * The rows that a scrolling element shows, where all are of one height: a division, so that a hundred thousand rows
 * cost what ten do.
 */
export function shownRows(options: {
  scrollTop: number
  height: number
  rowHeight: number
  count: number
  /** Rows kept ready beyond either edge. */
  overscan: number
}): RowRange {
  const { scrollTop, height, rowHeight, count, overscan } = options
  const first = Math.floor(scrollTop / rowHeight) - overscan
  const last = Math.ceil((scrollTop + height) / rowHeight) - 1 + overscan
  return { first: Math.min(Math.max(0, first), Math.max(0, count - 1)), last: Math.min(count - 1, last) }
}

const usualOverscan = 6

/** Follows what a scrolling element shows of `count` rows of one height that stand under a sticky header. */
export function useFixedRows(options: {
  scroller: RefObject<HTMLElement | null>
  count: number
  rowHeight: number
  headerHeight: number
  /** Scrolls as little as brings this row into sight; −1: none. */
  current: number
  /** Rows kept ready beyond either edge. */
  overscan?: number
}) {
  const { scroller, count, rowHeight, headerHeight, current, overscan = usualOverscan } = options
  const [view, setView] = useState({ scrollTop: 0, height: 0 })

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => {
      const height = element.clientHeight - headerHeight
      // Rows change only with whole rows: between them nothing need be drawn.
      const scrollTop = Math.floor(element.scrollTop / rowHeight) * rowHeight
      setView((last) =>
        last.scrollTop === scrollTop && last.height === height ? last : { scrollTop, height },
      )
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [scroller, rowHeight, headerHeight])

  useEffect(() => {
    const element = scroller.current
    if (!element || current < 0) return
    const top = current * rowHeight
    const lowest = top + rowHeight - (element.clientHeight - headerHeight)
    if (top < element.scrollTop) element.scrollTo({ top })
    else if (lowest > element.scrollTop) element.scrollTo({ top: lowest })
  }, [scroller, current, rowHeight, headerHeight])

  return {
    range: shownRows({ ...view, rowHeight, count, overscan }),
    /** Whole rows that fit: the step of Page Up and Page Down. */
    pageRows: Math.max(1, Math.floor(view.height / rowHeight) - 1),
  }
}
