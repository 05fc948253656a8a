import { constants, setPriority } from 'node:os'
import type { Logger } from 'pino'
import type { Worker } from '../../jobs/worker'
import { SemblanceError } from '../../model/errors'
import type { WorkerStatus } from '../../model/status'
import type { Config } from '../config'
import { startHost } from '../host'
import { exitCodes, type Output } from '../output'
import { endWhateverWaits, untilAskedToStop } from '../lifecycle/signals'
import { givenWork, type WorkerOptions } from './worker-options'

/**
 * Works through the queue without a console; with `drain` until it is empty.
 * Exit code 1 where a job failed meanwhile, 3 where this host can do no jobs or draining had to give up.
 */
export async function drainOrWork(
  options: WorkerOptions,
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  const { drain, patience, concurrency, cpuShare } = options
  // Threads take it over from whoever starts them: whatever else runs here comes first.
  if (cpuShare && cpuShare < 100) setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  // Nobody needs to know the port: only this process talks to its own Storage.
  const threads = concurrency ? { faceThreads: concurrency } : {}
  const host = await startHost({
    config: { ...config, port: 0, ...threads },
    ...{ log, say: output.say },
    work: givenWork(options),
  })
  sayPauses(host.worker, output)
  try {
    const { state, message } = host.worker.status()
    if (state === 'stopped' && message !== null) throw new SemblanceError('UNAVAILABLE', message)
    output.say(drain ? 'Working until the queue is empty…' : 'Working. Stop with Ctrl-C.')
    await (drain
      ? Promise.race([
          host.worker.drain({ patienceMs: patience * 60_000 }),
          host.worker.dismissed(),
          untilAskedToStop(),
        ])
      : Promise.race([host.worker.dismissed(), untilAskedToStop()]))
  } finally {
    await host.close()
    endWhateverWaits()
  }
  const { completed, failed } = host.worker.status()
  output.result({ completed, failed }, `${completed} jobs completed, ${failed} failed.`)
  return failed > 0 ? exitCodes.failed : exitCodes.ok
}

/** Whoever looks at the terminal is told why nothing is done. */
function sayPauses(worker: Worker, output: Output): void {
  let told: string | null = null
  const tell = ({ state, message }: WorkerStatus) => {
    if (state !== 'paused') told = null
    else if (message !== null && message !== told) output.say((told = message))
  }
  worker.onStatus(tell)
  tell(worker.status())
}
