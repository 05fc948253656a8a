import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * What a loaded machine does to a measurement, as Linux counts it: the time that threads were ready to run and were
 * given no core. Elsewhere nothing is known of it and it counts as none.
 */

/** Milliseconds that this process's threads ran, and that they waited for a core, since they began. */
export function processTime(): { ran: number; waited: number } {
  const { user, system } = process.cpuUsage()
  let waited = 0
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      waited += waitedOf(readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1'))
    }
  } catch {
    // No Linux, or a thread that ended just now: its wait is lost.
  }
  return { ran: (user + system) / 1000, waited }
}

/** schedstat: nanoseconds on a core, nanoseconds waiting for one, slices. */
const waitedOf = (schedstat: string) => Number(schedstat.split(' ')[1]) / 1e6

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
