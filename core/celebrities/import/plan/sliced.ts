import { setImmediate } from 'node:timers/promises'
import type { Steps } from './types'

/** Milliseconds that a host's thread is held at once. */
const slice = 6

/** Runs steps on this thread, and lets it do other things in between. */
export async function runSliced<T>(steps: Steps<T>): Promise<T> {
  let since = performance.now()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - since < slice) continue
    await setImmediate()
    since = performance.now()
  }
}
