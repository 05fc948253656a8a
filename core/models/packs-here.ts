import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { listPacks, type PackEntry } from '../faces/packs/pack-library'
import { findPack } from '../faces/packs/packs'
import type { PackManifest } from '../faces/packs/manifest'
import type { ProviderReport } from '../faces/inference/providers'
import { knownManifests, manifestOf } from '../faces/packs/shipped-packs'
import { SemblanceError } from '../model/errors'
import type { ActiveModel } from './active-model'
import type { ModelsView, PackView, SwitchPlan } from './contract'
import type { ModelMachine } from './machine'
import { planSwitch, type PlanOptions } from './plan'

/** All packs that this machine knows, beside what the database wants. */
export async function viewPacks(machine: ModelMachine, active: ActiveModel | null): Promise<ModelsView> {
  const [entries, manifests] = [await listPacks(machine.directory), await knownManifests(machine.directory)]
  const status = machine.status()
  const packs = await Promise.all(
    entries.map((entry) => {
      const manifest = manifests.find(({ name }) => name === entry.name)
      return viewPack(entry, manifest, { machine, active })
    }),
  )
  return {
    packs,
    active,
    machine: {
      ...{ title: status.name, state: status.state, embedding_model: status.embedding_model },
      ...{ provider: status.provider, message: status.message },
    },
    installation: machine.installation(),
  }
}

async function viewPack(
  { name, title, version, licence, isInstalled, isActive, embeddingModel, roles }: PackEntry,
  manifest: PackManifest | undefined,
  { machine, active }: { machine: ModelMachine; active: ActiveModel | null },
): Promise<PackView> {
  const report = machine.measured(name)
  const [terms, sources] = [manifest?.terms ?? null, Object.values(manifest?.sources ?? {})]
  return {
    ...{ name, title, version, licence, terms, roles },
    is_installed: isInstalled,
    // Before anybody has analysed anything it is the machine's own choice.
    is_active: active ? active.embedding_model === embeddingModel : isActive,
    can_fetch: sources.every(({ kind }) => kind !== 'local'),
    embedding_model: embeddingModel,
    file_bytes: manifest ? await fileBytes(manifest, machine.directory) : null,
    speed: report ? viewSpeed(report) : null,
  }
}

function viewSpeed({ provider, warmUpMs, memory, tried }: ProviderReport): PackView['speed'] {
  const note = tried.map((one) => `${one.provider}: ${one.reason}`).join('; ')
  return { provider, warm_up_ms: warmUpMs, memory_bytes: memory, note: note === '' ? null : note }
}

/** By the manifest, else as the files lie there. Null where neither says. */
async function fileBytes({ name, files }: PackManifest, directory: string): Promise<number | null> {
  let bytes = 0
  for (const file of files) {
    const path = join(directory, name, file.name)
    const size = file.bytes ?? (await stat(path).catch(() => undefined))?.size
    if (size === undefined) return null
    bytes += size
  }
  return bytes
}

/**
 * What is to be known of this machine for a plan, and the plan as a piece of work for a transaction.
 * @throws SemblanceError NOT_FOUND for a pack that nobody knows; CONFLICT where it is not installed and its space is
 *   known only after that
 */
export async function planFor(
  machine: Pick<ModelMachine, 'directory' | 'threads' | 'status' | 'measure' | 'measured'>,
  name: string,
): Promise<(tx: Transaction<Tables>) => Promise<SwitchPlan>> {
  const { directory, threads } = machine
  const manifest = await manifestOf(name, directory)
  const pack = await findPack(manifest, directory)
  const entries = await listPacks(directory)
  const embeddingModel =
    pack?.embeddingModel ?? entries.find((entry) => entry.name === name)?.embeddingModel ?? null
  if (embeddingModel === null) throw notInstalled(manifest)
  const warmUp = pack ? (await machine.measure(pack)).warmUpMs : undefined
  const options: PlanOptions = {
    to: { manifest, embeddingModel },
    manifestOf: (other) => manifestOf(other, directory).catch(() => undefined),
    speed: { newWarmUpMs: warmUp, activeWarmUpMs: machine.status().warm_up_ms },
    threads,
    fetchBytes: pack ? 0 : await fetchBytes(manifest, directory),
  }
  return async (tx) => {
    const plan = await planSwitch(tx, options)
    return pack ? plan : { ...plan, obstacle: plan.obstacle ?? notInstalled(manifest).message }
  }
}

/** What is fetched: the whole archive where it comes in one, else the files. */
async function fetchBytes(manifest: PackManifest, directory: string): Promise<number | null> {
  const sizes = Object.values(manifest.sources).map((source) =>
    source.kind === 'zip' ? source.bytes : undefined,
  )
  if (sizes.every((size) => size !== undefined)) return sizes.reduce((sum, size) => sum + size, 0)
  return fileBytes(manifest, directory)
}

const notInstalled = ({ name, title }: PackManifest) =>
  new SemblanceError(
    'CONFLICT',
    `${title} is not installed on this machine. Install it first: semblance packs install ${name}`,
  )
