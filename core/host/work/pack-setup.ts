import type { Logger } from 'pino'
import { readActivePack } from '../../faces/packs/pack-library'
import type { InstalledPack } from '../../faces/packs/pack-types'
import { installPack } from '../../faces/packs/packs'
import { createFacePool, type FacePool } from '../../faces/pool/pool'
import type { ProviderChoice } from '../../faces/inference/provider-choice'
import type { ProviderReport } from '../../faces/inference/providers'
import { manifestOf, starterManifest } from '../../faces/packs/shipped-packs'
import { SemblanceError } from '../../model/errors'
import { modelsNotReady, type PackStatus } from '../../model/status'
import { describeMismatch, wrongSpace } from '../../models/active-model'

/** The models of this host: fetched in the background, then at everybody's service. */
export interface PackSetup {
  status: () => PackStatus
  /** @throws SemblanceError UNAVAILABLE while the models are not set up. */
  pool: () => Promise<FacePool>
  /** Settles when the first attempt has ended, well or badly. */
  firstAttempt: Promise<void>
  close(): Promise<void>
}

export interface PackSetupOptions {
  /** The pack's name; the one that this machine has chosen where not given. */
  pack?: string | undefined
  /** The `embedding_model` that it has to give: with another there would be no pool. Default: any. */
  expects?: string | null | undefined
  /** The folder of all packs. */
  directory: string
  threads: number
  provider: ProviderChoice
  workerEntry: string
  log: Logger
  onStatus: (status: PackStatus) => void
  /** Told what a pack runs on, whenever it was opened. */
  onReport?: ((pack: string, report: ProviderReport) => void) | undefined
}

/** A network that is away now may be back in a while: seconds to wait between attempts, the last one for good. */
const retryDelays = [10, 30, 60, 300]

/** Installs the pack and opens the pool over it; tries again by itself when that fails. */
export function setUpPack(options: PackSetupOptions): PackSetup {
  const { directory, threads, provider, workerEntry, log, onStatus, onReport, expects } = options
  let status = missingPack(threads)
  let pool: FacePool | null = null
  let retry: NodeJS.Timeout | undefined
  const abort = new AbortController()

  const report = (change: Partial<PackStatus>) => {
    status = { ...status, ...change }
    onStatus(status)
  }

  async function install(): Promise<InstalledPack> {
    const mine = await readActivePack(directory).catch(() => starterManifest.name)
    try {
      const manifest = await manifestOf(options.pack ?? (await readActivePack(directory)), directory)
      report({ name: manifest.title })
      const pack = await installPack({
        manifest,
        directory,
        signal: abort.signal,
        onProgress: (progress, message) => report({ progress, message }),
      })
      if (expects && pack.embeddingModel !== expects) throw wrongSpace(pack.embeddingModel, expects)
      return pack
    } catch (error) {
      if (!expects || abort.signal.aborted || !(error instanceof SemblanceError)) throw error
      if (error.data?.['reason'] === 'other_space') throw error
      const message = `${describeMismatch(mine, expects)} ${error.message}`
      throw new SemblanceError('UNAVAILABLE', message, error.data, { cause: error })
    }
  }

  async function attempt(failures: number): Promise<void> {
    report({ state: 'installing', progress: 0, message: 'Looking for the models' })
    try {
      const pack = await install()
      report({ message: 'Loading the models' })
      pool = await createFacePool({ pack, workerEntry, size: threads, provider, log })
      onReport?.(pack.manifest.name, pool.status().report)
      report({ ...asStatus(pool.status().report), embedding_model: pack.embeddingModel })
    } catch (error) {
      if (abort.signal.aborted) return
      const delay = retryDelays[Math.min(failures, retryDelays.length - 1)]
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ err: error }, 'the models could not be set up')
      report({ state: 'failed', message: `${reason} Trying again in ${delay} s.` })
      retry = setTimeout(() => (current = attempt(failures + 1)), delay * 1000)
    }
  }
  const firstAttempt = attempt(0)
  let current = firstAttempt

  return {
    status: () => status,
    firstAttempt,
    async pool() {
      if (!pool) throw new SemblanceError('UNAVAILABLE', `${modelsNotReady}: ${status.message}`)
      return pool
    },
    async close() {
      abort.abort()
      clearTimeout(retry)
      await current
      await pool?.close()
    },
  }
}

/** What is known of models before anybody has looked for them. */
export const missingPack = (threads: number): PackStatus => ({
  name: 'Face models',
  state: 'missing',
  progress: 0,
  message: 'The models are not set up yet.',
  embedding_model: null,
  provider: providerNames.cpu,
  threads,
})

const providerNames = {
  cpu: 'CPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
} as const

const asStatus = (report: ProviderReport): Partial<PackStatus> => ({
  state: 'ready',
  progress: 1,
  message: 'Ready',
  provider: providerNames[report.provider],
  warm_up_ms: report.warmUpMs,
  memory_bytes: report.memory,
  provider_note: report.tried.length > 0 ? describeTried(report) : null,
})

/** What models run on, for a person: speed, memory, and why it is nothing faster. */
export function describeProvider(report: ProviderReport): string {
  const { provider, warmUpMs, memory } = report
  const figures = `${warmUpMs.toFixed(1)} ms for one run of every model, ${(memory / 1e6).toFixed(0)} MB`
  const tried = report.tried.length > 0 ? `; ${describeTried(report)}` : ''
  return `${providerNames[provider]} (${figures})${tried}`
}

const describeTried = ({ tried }: ProviderReport) =>
  tried.map(({ provider, reason }) => `not ${providerNames[provider]}: ${reason}`).join('; ')
