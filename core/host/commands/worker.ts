import type { Logger } from 'pino'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { startHost } from '../host'
import { exitCodes, type Output } from '../output'
import { endWhateverWaits, untilAskedToStop } from '../signals'

interface WorkOptions {
  drain: boolean
  /** Minutes of an outage after which draining gives up. */
  patience: number
}

/**
 * Works through the queue without a console; with `drain` until it is empty.
 * Exit code 1 where a job failed meanwhile, 3 where this host can do no jobs or draining had to give up.
 */
export async function drainOrWork(
  { drain, patience }: WorkOptions,
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  // Nobody needs to know the port: only this process talks to its own Storage.
  const host = await startHost({ config: { ...config, port: 0 }, log, say: output.say })
  try {
    const { state, message } = host.worker.status()
    if (state === 'stopped' && message !== null) throw new SemblanceError('UNAVAILABLE', message)
    output.say(drain ? 'Working until the queue is empty…' : 'Working. Stop with Ctrl-C.')
    await (drain
      ? Promise.race([host.worker.drain({ patienceMs: patience * 60_000 }), untilAskedToStop()])
      : untilAskedToStop())
  } finally {
    await host.close()
    endWhateverWaits()
  }
  const { completed, failed } = host.worker.status()
  output.result({ completed, failed }, `${completed} jobs completed, ${failed} failed.`)
  return failed > 0 ? exitCodes.failed : exitCodes.ok
}
