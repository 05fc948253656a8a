import type { Logger } from 'pino'
import { starterManifest } from '../faces/shipped-packs'
import { SemblanceError } from '../model/errors'
import type { PackStatus } from '../model/status'
import type { Config } from './config'
import type { Output } from './output'
import { type PackSetup, setUpPack } from './pack-setup'
import { appPaths } from './paths'

/**
 * Sets the starter pack up for a command that can do nothing without it.
 * @throws SemblanceError UNAVAILABLE with the reason, after one attempt.
 */
export async function setUpStarterPack(config: Config, output: Output, log: Logger): Promise<PackSetup> {
  const setup = setUpPack({
    manifest: starterManifest,
    directory: config.packs,
    threads: config.faceThreads,
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
