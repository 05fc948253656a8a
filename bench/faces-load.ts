import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * What a loaded machine does to a measurement, as Linux counts it: the time that threads were ready to run and were
 * given no core. Elsewhere nothing is known of it and it counts as none.
 */

/** Milliseconds that threads of this process and of its children ran, and that they waited for a core, since they began. */
export function processTime(): { ran: number; waited: number } {
  const { user, system } = process.cpuUsage()
  let [ran, waited] = [(user + system) / 1000, 0]
  for (const process_ of ['self', ...children()]) {
    for (const thread of listed(`/proc/${process_}/task`)) {
      // schedstat: nanoseconds on a core, nanoseconds waiting for one, slices.
      const [onCore, waiting] = read(`/proc/${process_}/task/${thread}/schedstat`).split(' ').map(Number)
      if (process_ !== 'self') ran += onCore / 1e6
      waited += (waiting || 0) / 1e6
    }
  }
  return { ran, waited }
}

/**
 * Megabytes that this process and its children take: what they share is counted once, where the system says how much
 * that is.
 */
export function memoryTaken(): number {
  const shares = ['self', ...children()].map((id) =>
    Number(/^Pss: +(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1]),
  )
  return shares.some(Number.isNaN) ? process.memoryUsage.rss() / 1e6 : shares.reduce((a, b) => a + b) / 1000
}

/**
 * Megabytes that this process and its children hold in memory, what they share counted for each: told at once, where
 * {@link memoryTaken} holds up the event loop for as long as the system counts.
 */
export function memoryHeld(): number {
  const pages = children().map((id) => Number(read(`/proc/${id}/statm`).split(' ')[1]) || 0)
  return (process.memoryUsage.rss() + pages.reduce((a, b) => a + b, 0) * 4096) / 1e6
}

const children = () => read(`/proc/self/task/${process.pid}/children`).split(' ').filter(Boolean)

/** Empty where the system has no such file, or its process ended just now. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export interface LoopDelays {
  /** The longest delay of the loop as Node's monitor saw it, ms: on a loaded machine mostly the wait for a core. */
  longest: number
  /** The delay that 999 of 1,000 samples stay below, ms. */
  usual: number
  /** The most that this thread itself ran between two ticks of a timer of 5 ms, ms; null where the system does not say. */
  own: number | null
}

const tickMs = 5

/** Watches the event loop of the calling thread, which must be the main one, until `stop`. */
export function watchLoop(): { stop: () => LoopDelays } {
  const monitor = monitorEventLoopDelay({ resolution: tickMs })
  const clock = openThreadClock()
  let own = 0
  let last = clock?.ran() ?? 0
  const timer = setInterval(() => {
    if (!clock) return
    const ran = clock.ran()
    own = Math.max(own, ran - last)
    last = ran
  }, tickMs)
  monitor.enable()
  return {
    stop() {
      clearInterval(timer)
      monitor.disable()
      clock?.close()
      return { longest: monitor.max / 1e6, usual: monitor.percentile(99.9) / 1e6, own: clock ? own : null }
    },
  }
}

function openThreadClock(): { ran: () => number; close: () => void } | undefined {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
    const buffer = Buffer.alloc(128)
    return {
      ran: () => Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, 128, 0)).split(' ')[0]) / 1e6,
      close: () => closeSync(file),
    }
  } catch {
    return undefined
  }
}
