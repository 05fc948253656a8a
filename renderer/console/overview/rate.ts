import { useState } from 'react'

/** How far work had come at a moment. */
export interface Mark {
  /** Milliseconds, any origin. */
  at: number
  done: number
}

/** Milliseconds of the past that a rate is taken from. */
const rateWindow = 30_000

/** Keeps the marks that a rate needs; work that starts over (a smaller number) forgets the past. */
export function addMark(marks: readonly Mark[], mark: Mark): Mark[] {
  const last = marks.at(-1)
  if (last && mark.done < last.done) return [mark]
  const young = marks.filter(({ at }) => at >= mark.at - rateWindow)
  return [...young, mark]
}

/** Items a second over the marks; undefined until there are two seconds and one item to judge by. */
export function rateOf(marks: readonly Mark[]): number | undefined {
  const first = marks[0]
  const last = marks.at(-1)
  if (!first || !last || last.at - first.at < 2000 || last.done === first.done) return undefined
  return ((last.done - first.done) / (last.at - first.at)) * 1000
}

/**
 * The rate at which `done` grows while `isRunning`, in items a second. `at`: when `done` was learned, in milliseconds.
 */
export function useRate(done: number, at: number, isRunning: boolean): number | undefined {
  const [marks, setMarks] = useState<Mark[]>([])
  const [seen, setSeen] = useState<number>()
  if (isRunning && seen !== at) {
    setSeen(at)
    setMarks(addMark(marks, { at, done }))
  }
  if (!isRunning && marks.length > 0) setMarks([])
  return rateOf(marks)
}
