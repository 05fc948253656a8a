import type { Logger } from 'pino'
import { createFacePool } from '../../faces/pool/pool'
import { installPack } from '../../faces/packs/packs'
import type { ProviderChoice } from '../../faces/inference/provider-choice'
import type { ProviderReport } from '../../faces/inference/providers'
import { SemblanceError } from '../../model/errors'
import type { PackStatus } from '../../model/status'
import type { Installation } from '../../models/contract'
import type { ModelMachine } from '../../models/machine'

interface Options {
  directory: string
  threads: number
  provider: ProviderChoice
  workerEntry: string
  log: Logger
  status: () => PackStatus
  stages: (embeddingModel: string) => boolean
  /** Reports of packs that were opened for work, by name; what is measured here goes into it, too. */
  reports: Map<string, ProviderReport>
  onChange: () => void
}

/** The packs of this machine as the console sees and installs them. `close` gives a running install up. */
export function createModelMachine(options: Options): ModelMachine & { close: () => Promise<void> } {
  const { directory, threads, provider, workerEntry, log, status, stages, reports, onChange } = options
  let installation: Installation | null = null
  let installing: Promise<void> = Promise.resolve()
  const abort = new AbortController()

  const say = (change: Installation | null) => {
    installation = change
    onChange()
  }

  return {
    ...{ directory, threads, status, stages },
    measured: (pack) => reports.get(pack),
    async measure(pack) {
      const known = reports.get(pack.manifest.name)
      if (known) return known
      const pool = await createFacePool({ pack, workerEntry, size: 1, provider, log })
      const { report } = pool.status()
      await pool.close()
      reports.set(pack.manifest.name, report)
      return report
    },
    installation: () => installation,
    install(manifest, { acceptTerms }) {
      if (installation?.state === 'running')
        throw new SemblanceError(
          'CONFLICT',
          `${installation.pack} is being installed. Wait until it is there.`,
        )
      if (manifest.terms && !acceptTerms)
        throw new SemblanceError('BAD_REQUEST', `${manifest.title}: its terms have to be accepted first.`)
      const pack = manifest.name
      say({ pack, state: 'running', progress: 0, message: 'Looking for its files' })
      installing = installPack({
        ...{ manifest, directory, acceptTerms, recheck: true, signal: abort.signal },
        onProgress: (progress, message) => say({ pack, state: 'running', progress, message }),
      }).then(
        () => {
          reports.delete(pack)
          say(null)
        },
        (error: unknown) => {
          log.warn({ err: error, pack }, 'a pack could not be installed')
          say({ pack, state: 'failed', progress: 0, message: messageOf(error) })
        },
      )
    },
    async close() {
      abort.abort(new Error('The host ends. The next attempt goes on where this one ended.'))
      await installing
    },
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
