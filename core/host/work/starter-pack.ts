import type { Logger } from 'pino'
import { SemblanceError } from '../../model/errors'
import type { PackStatus } from '../../model/status'
import type { Config } from '../config'
import type { Output } from '../output'
import { type PackSetup, setUpPack } from './pack-setup'
import { appPaths } from '../paths'

/**
 * Sets a pack up, the active one where none is named, for a command that can do nothing without it.
 * @throws SemblanceError UNAVAILABLE with the reason, after one attempt.
 */
export async function setUpPackFor(
  config: Config,
  output: Output,
  log: Logger,
  pack?: string,
): Promise<PackSetup> {
  const setup = setUpPack({
    pack,
    directory: config.packs,
    threads: config.faceThreads,
    provider: config.provider,
    workerEntry: appPaths().entries.faceWorker,
    log,
    onStatus: sayProgress(output.say),
  })
  await setup.firstAttempt
  const { state, message } = setup.status()
  if (state !== 'ready') {
    await setup.close()
    throw new SemblanceError('UNAVAILABLE', `The face models could not be set up: ${message}`)
  }
  return setup
}

/** Says the progress of an installation, a line a step, and nothing where the models lie there already. */
export function sayProgress(say: (line: string) => void): (status: PackStatus) => void {
  let last = ''
  return ({ state, progress, message }) => {
    if (state === 'failed') say(`Face models: ${message}`)
    if (state !== 'installing' || progress === 0 || progress === 1 || message === last) return
    last = message
    say(`Face models: ${String(Math.round(progress * 100)).padStart(3)} %  ${message}`)
  }
}
