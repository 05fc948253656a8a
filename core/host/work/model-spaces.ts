import type { Logger } from 'pino'
import type { Changes } from '../../database/changes'
import type { Database } from '../../database/connect'
import { findPack } from '../../faces/packs/packs'
import { manifestOf } from '../../faces/packs/shipped-packs'
import type { StagingSpaces } from '../../jobs/analysis/reembed'
import type { PackStatus } from '../../model/status'
import { packOf, readActiveModel, wrongSpace } from '../../models/active-model'
import { findOpenSwitch } from '../../models/switch-queries'
import type { KeptModel } from '../connection/kept-connection'
import { type PackSetup, type PackSetupOptions, missingPack, setUpPack } from './pack-setup'

/** The models of this host: those of the space that the database searches in, and of the one that it is to become. */
export interface ModelSpaces extends PackSetup {
  staging: StagingSpaces
}

interface Options extends Omit<PackSetupOptions, 'pack' | 'expects'> {
  database: Database
  changes: Changes
  log: Logger
  /** What the database said last, for a start without it. */
  kept: KeptModel
  /** Milliseconds between two looks at the database where nothing is heard. */
  everyMs?: number
}

/**
 * Keeps to what the database says: its active pack is what photos are analysed with, whatever this machine would have
 * chosen; the pack of an open switch is opened beside it where it is installed, and takes over when the switch is made.
 * Where the active pack is not to be had, there is none, and the status says which it is.
 */
export function followModels(options: Options): ModelSpaces {
  const { database, changes, log, kept, everyMs = 30_000, onStatus, ...setup } = options
  let main: PackSetup | null = null
  let expected: string | null = null
  let staging: { model: string; setup: PackSetup } | null = null
  let isClosed = false
  const closing = new Set<Promise<void>>()

  function open(pack: string | undefined, expects: string | null): PackSetup {
    let opened: PackSetup | undefined = undefined
    opened = setUpPack({
      ...setup,
      log,
      pack,
      expects,
      onStatus: (status) => (isMain(opened) ? onStatus(status) : changes.announce('pack')),
    })
    return opened
  }
  // Until it is returned, the first words of a setup are those of the one that takes over.
  const isMain = (one: PackSetup | undefined) => one !== undefined && one === main

  function retire(one: PackSetup | null | undefined): void {
    if (!one) return
    const closed: Promise<void> = one.close().finally(() => closing.delete(closed))
    closing.add(closed)
  }

  function replaceMain(wanted: string | null): void {
    const before = main
    expected = wanted
    if (staging && staging.model === wanted) {
      main = staging.setup
      staging = null
    } else main = open(wanted === null ? undefined : packOf(wanted), wanted)
    onStatus(main.status())
    retire(before)
  }

  async function stageFor(wanted: { to_pack: string; to_model: string } | undefined): Promise<void> {
    if (staging && staging.model === wanted?.to_model) return
    retire(staging?.setup)
    staging = null
    if (!wanted) return
    const manifest = await manifestOf(wanted.to_pack, setup.directory).catch(() => undefined)
    const pack = manifest && (await findPack(manifest, setup.directory))
    if (pack?.embeddingModel !== wanted.to_model || isClosed) return
    staging = { model: wanted.to_model, setup: open(wanted.to_pack, wanted.to_model) }
  }

  async function look(): Promise<void> {
    try {
      const { active, wanted } = await database.asService(async (tx) => ({
        active: await readActiveModel(tx),
        wanted: await findOpenSwitch(tx),
      }))
      const space = active?.embedding_model ?? null
      if (isClosed) return
      const isOther = space !== null && space !== expected && space !== main?.status().embedding_model
      if (!main || isOther) replaceMain(space)
      if (space !== null) await kept.write(space)
      await stageFor(wanted)
    } catch (error) {
      log.warn({ err: error }, 'The active model could not be read')
      // A database that is away says nothing of spaces: what this machine has is held against it before each write.
      const before = main ? null : await kept.read()
      if (!main && !isClosed) replaceMain(before)
    }
  }

  let looking = look()
  const lookAgain = () => {
    if (!isClosed) looking = looking.then(look)
  }
  const ignore = changes.subscribe(['active_model', 'model_switches'], lookAgain)
  const again = setInterval(lookAgain, everyMs)
  const firstAttempt = looking.then(() => main?.firstAttempt)
  const nothingYet: PackStatus = missingPack(setup.threads)

  return {
    status: () => main?.status() ?? nothingYet,
    firstAttempt,
    async pool() {
      await looking
      if (!main) throw new Error('There are no models.')
      return main.pool()
    },
    staging: {
      names: () => (staging?.setup.status().state === 'ready' ? [staging.model] : []),
      pool(model) {
        if (staging?.model === model) return staging.setup.pool()
        if (main?.status().embedding_model === model) return main.pool()
        return Promise.reject(wrongSpace(main?.status().embedding_model ?? 'not set up', model))
      },
    },
    async close() {
      isClosed = true
      ignore()
      clearInterval(again)
      await looking
      retire(staging?.setup)
      retire(main)
      await Promise.all(closing)
    },
  }
}
