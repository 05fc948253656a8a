import { useCallback, useEffect, useRef, useState } from 'react'

/** Rows that are asked for at once. */
export const windowSize = 100

/** How long scrolling must rest before rows are asked for, in milliseconds: whoever flies past need not wait for them. */
const rest = 90

/** The windows of {@link windowSize} rows that rows from `first` to `last` stand in. */
export function windowsOf(first: number, last: number): number[] {
  const from = Math.max(0, Math.floor(first / windowSize))
  const to = Math.floor(Math.max(first, last) / windowSize)
  return Array.from({ length: to - from + 1 }, (_, place) => from + place)
}

/**
 * A range that follows what it is told once that has rested. What it is told on the way is nobody's state: the screen
 * around the table is not drawn again while one scrolls.
 */
export function useRestedRange() {
  const [range, setRange] = useState({ first: 0, last: 0 })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const tell = useCallback((first: number, last: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(
      () =>
        setRange((before) =>
          windowsOf(before.first, before.last).join() === windowsOf(first, last).join()
            ? before
            : { first, last },
        ),
      rest,
    )
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])
  return [range, tell] as const
}
