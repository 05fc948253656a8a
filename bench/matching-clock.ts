import { readFileSync } from 'node:fs'

/** Milliseconds. */
export interface Spent {
  passed: number
  /** Of the processor, by the server's process; null where that is out of sight. */
  processor: number | null
}

export type Clock = (work: () => Promise<unknown>) => Promise<Spent>

/** Measures work that one process of a database does. @param pid that process, as the server numbers it */
export function createClock(pid: number): Clock {
  const isInSight = commandOf(pid).startsWith('postgres')
  return async (work) => {
    const [started, used] = [performance.now(), isInSight ? processorTime(pid) : null]
    await work()
    const passed = performance.now() - started
    return { passed, processor: used === null ? null : processorTime(pid) - used }
  }
}

/** The first figure of Linux's schedstat: nanoseconds that a process has run. */
function processorTime(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}

/** Another machine's process may have any number here: it must be the server's. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8')
  } catch {
    return ''
  }
}
