import type { WorkerStatus } from '../../model/status'

/** Milliseconds after which what the worker waits for is worth a line: a connection that is cut is soon made anew. */
const patienceMs = 2000

/**
 * Tells whoever looks at a terminal why nothing is done, a line when it begins and one when it is over.
 * @returns What is to be told of each status of the worker; `areModelsReady`: what holds them up says itself.
 */
export function sayWhatHolds(
  say: (line: string) => void,
  areModelsReady: () => boolean,
): (status: WorkerStatus) => void {
  let said: Pick<WorkerStatus, 'state' | 'message'> | null = null
  let soon: NodeJS.Timeout | undefined

  function sayOf({ state, message }: WorkerStatus): void {
    const isNews = said?.state !== state || (state === 'paused' && said.message !== message)
    if (message === null || !isNews) return
    said = { state, message }
    say(message)
  }

  return (status) => {
    const waits = status.state === 'waiting' && areModelsReady()
    if (!waits) {
      clearTimeout(soon)
      soon = undefined
    }
    if (status.state === 'paused') sayOf(status)
    else if (waits) soon ??= setTimeout(() => sayOf(status), patienceMs).unref()
    else if (said && (status.state === 'idle' || status.state === 'busy')) {
      said = null
      say('Working again.')
    }
  }
}
