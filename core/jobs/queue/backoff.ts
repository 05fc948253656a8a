/** Times of retries and polls, in one place so that tests can say what they expect. */

/** Seconds before the first retry of a job; each further one waits twice as long, up to the cap. */
export const retryBaseSeconds = 2
export const retryCapSeconds = 300

/**
 * Seconds to wait after the given attempt (1-based) failed: `min(cap, base · 2^(attempt − 1))`, of which the upper half
 * is left to chance so that jobs that failed together do not come back together.
 * @param random in [0, 1)
 */
export function retryDelaySeconds(attempt: number, random: () => number): number {
  const full = Math.min(retryCapSeconds, retryBaseSeconds * 2 ** (attempt - 1))
  return full / 2 + (full / 2) * random()
}

/** Milliseconds between looks at the queue: while there is work, and after a long time without. */
export const pollFastMs = 50
export const pollSlowMs = 5000

/** The next pause after a look that found nothing. */
export function nextPollMs(current: number): number {
  return Math.min(pollSlowMs, current * 2)
}
