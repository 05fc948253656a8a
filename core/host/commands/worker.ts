import { constants, setPriority } from 'node:os'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { startHost } from '../host'
import { logFile, openLog } from '../log'
import { exitCodes, type Output } from '../output'
import { endWhateverWaits, untilAskedToStop } from '../lifecycle/signals'
import { givenWork, type WorkerOptions } from './worker-options'
import { sayWhatHolds } from './worker-words'

/**
 * Works through the queue without a console; with `drain` until it is empty.
 * Exit code 1 where a job failed meanwhile, 3 where this host can do no jobs or draining had to give up.
 */
export async function drainOrWork(options: WorkerOptions, config: Config, output: Output): Promise<number> {
  const { drain, patience, concurrency, cpuShare } = options
  // Threads take it over from whoever starts them: whatever else runs here comes first.
  if (cpuShare && cpuShare < 100) setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  // Nobody needs to know the port: only this process talks to its own Storage.
  const threads = concurrency ? { faceThreads: concurrency } : {}
  const host = await startHost({
    config: { ...config, port: 0, ...threads },
    log: openLog(config.home, config.logLevel),
    say: output.say,
    work: givenWork(options),
  })
  const tell = sayWhatHolds(output.say, () => host.context.pack().state === 'ready')
  host.worker.onStatus(tell)
  tell(host.worker.status())
  try {
    const { state, message } = host.worker.status()
    if (state === 'stopped' && message !== null) throw new SemblanceError('UNAVAILABLE', message)
    const until = drain ? ' until the queue is empty…' : '.'
    output.say(`Working${until} Log: ${logFile(config.home)}  Stop with Ctrl-C.`)
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
