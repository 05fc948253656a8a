import type { Logger } from 'pino'
import type { Config } from '../config'
import { startHost } from '../host'
import { exitCodes, type Output } from '../output'
import { untilAskedToStop } from '../signals'

/**
 * Works through the queue without a console; with `drain` until it is empty.
 * Exit code 1 where a job failed meanwhile.
 */
export async function drainOrWork(
  { drain }: { drain: boolean },
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  // Nobody needs to know the port: only this process talks to its own Storage.
  const host = await startHost({ config: { ...config, port: 0 }, log, say: output.say })
  try {
    output.say(drain ? 'Working until the queue is empty…' : 'Working. Stop with Ctrl-C.')
    await (drain ? Promise.race([host.worker.drain(), untilAskedToStop()]) : untilAskedToStop())
  } finally {
    await host.close()
  }
  const { completed, failed } = host.worker.status()
  output.result({ completed, failed }, `${completed} jobs completed, ${failed} failed.`)
  return failed > 0 ? exitCodes.failed : exitCodes.ok
}
