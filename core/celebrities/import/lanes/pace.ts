import type { Pace } from '../describe'

/** How fast a step goes, by what it did in the last half minute. */
export interface PaceMeter {
  note: (files: number) => void
  /** @param left files that are still to be done; null where nobody knows */
  pace: (left: number | null) => Pace
}

const windowMs = 30_000
/** Before that, too little is known. */
const leastMs = 2_000

/** @param now a clock in milliseconds that never goes back */
export function createPaceMeter(now: () => number = () => performance.now()): PaceMeter {
  const began = now()
  /** Files done in each second, oldest first. */
  const seconds: { at: number; files: number }[] = []

  function drop(): void {
    const oldest = now() - windowMs
    while ((seconds[0]?.at ?? Infinity) < oldest) seconds.shift()
  }

  return {
    note(files) {
      const at = Math.floor(now() / 1000) * 1000
      const last = seconds.at(-1)
      if (last?.at === at) last.files += files
      else seconds.push({ at, files })
      drop()
    },
    pace(left) {
      drop()
      const passed = Math.min(now() - began, windowMs)
      const files = seconds.reduce((sum, second) => sum + second.files, 0)
      if (passed < leastMs || files === 0) return { rate: null, seconds_left: null }
      const rate = (files * 1000) / passed
      return { rate, seconds_left: left === null ? null : left / rate }
    },
  }
}
