import { readFile, rename, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { SemblanceError } from '../../model/errors'
import { lendersOf, packRoles, type PackManifest, type PackRole } from './manifest'
import { closeModels, openModels } from '../inference/pack-models'
import { findFaults, readRecord, writeAtomically, type FileFault } from './pack-record'
import type { InstalledPack } from './pack-types'
import { embeddingModelOf, findPack, partialPrefix } from './packs'
import type { ProviderChoice } from '../inference/provider-choice'
import { openOnBest, planProviders, type ProviderReport } from '../inference/providers'
import { knownManifests, manifestOf, starterManifest } from './shipped-packs'

const activeName = 'active.json'
const activeSchema = z.object({ pack: z.string() })

/** The name of the pack that hosts on this folder of packs analyse with; the starter pack where nobody chose. */
export async function readActivePack(directory: string): Promise<string> {
  const text = await readFile(join(directory, activeName), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return starterManifest.name
  try {
    return activeSchema.parse(JSON.parse(text)).pack
  } catch (error) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `${join(directory, activeName)} names no pack. Choose one: semblance packs activate starter`,
      undefined,
      { cause: error },
    )
  }
}

/** One pack as a list of them shows it. */
export interface PackEntry {
  name: string
  title: string
  version: number
  licence: string
  /** Whether terms have to be accepted before it is installed. */
  hasTerms: boolean
  isInstalled: boolean
  isActive: boolean
  /** Known before the install where the manifest gives the recogniser's sha256. */
  embeddingModel: string | null
  /** What fills each role: a decoder, or the pack that lends it. */
  roles: Partial<Record<PackRole, string>>
}

export async function listPacks(directory: string): Promise<PackEntry[]> {
  const active = await readActivePack(directory)
  const manifests = await knownManifests(directory)
  return Promise.all(
    manifests.map(async (manifest): Promise<PackEntry> => {
      const pack = await findPack(manifest, directory)
      const expected = embeddingModelOf(manifest)
      return {
        name: manifest.name,
        title: manifest.title,
        version: manifest.version,
        licence: manifest.licence,
        hasTerms: manifest.terms !== undefined,
        isInstalled: pack !== undefined,
        isActive: manifest.name === active,
        embeddingModel: pack?.embeddingModel ?? (expected.includes('/unknown/') ? null : expected),
        roles: rolesOf(manifest),
      }
    }),
  )
}

function rolesOf({ roles }: PackManifest): PackEntry['roles'] {
  return Object.fromEntries(
    packRoles.flatMap((role) => {
      const model = roles[role]
      if (!model) return []
      return [[role, 'borrow' in model ? `of ${model.borrow}` : model.decoder]]
    }),
  )
}

/** What came of looking at a pack. */
export interface PackVerification {
  pack: string
  embeddingModel: string | null
  faults: FileFault[]
  /** Why the models can't be opened, or what they run on. Null where faults kept them from being opened. */
  models: { problem: string } | ProviderReport | null
}

/**
 * Reads every file of a pack again, compares its sha256, then opens all models and runs each of them.
 * @throws SemblanceError NOT_FOUND where it is not installed
 */
export async function verifyPack(
  manifest: PackManifest,
  directory: string,
  provider: ProviderChoice = 'cpu',
): Promise<PackVerification> {
  const folder = join(directory, manifest.name)
  if (!(await exists(folder))) throw notInstalled(manifest)
  const faults = await findFaults(manifest, folder, await readRecord(manifest, folder))
  const pack = faults.length === 0 ? await findPack(manifest, directory) : undefined
  const verification = { pack: manifest.name, embeddingModel: pack?.embeddingModel ?? null, faults }
  if (faults.length > 0) return { ...verification, models: null }
  if (!pack) return { ...verification, models: { problem: await whyNotFound(manifest, directory) } }
  try {
    const { models, report } = await openOnBest(planProviders(provider), (name) => openModels(pack, name))
    await closeModels(models)
    return { ...verification, models: report }
  } catch (error) {
    return { ...verification, models: { problem: error instanceof Error ? error.message : String(error) } }
  }
}

/** Its own files are right, and still it can't be used. */
async function whyNotFound(manifest: PackManifest, directory: string): Promise<string> {
  for (const name of lendersOf(manifest)) {
    const lender = await manifestOf(name, directory).catch(() => undefined)
    if (!lender || !(await findPack(lender, directory)))
      return `it borrows models of the pack ${name}, which is missing or damaged: semblance packs install ${name}`
  }
  return `it was not installed here: semblance packs install ${manifest.name}`
}

/**
 * Makes an installed pack the one that hosts analyse with from their next start on. Written in one step.
 * @throws SemblanceError NOT_FOUND where it is not installed, or damaged
 */
export async function activatePack(
  manifest: PackManifest,
  directory: string,
): Promise<{ pack: InstalledPack; before: string }> {
  const before = await readActivePack(directory).catch(() => starterManifest.name)
  const pack = await findPack(manifest, directory)
  if (!pack) throw notInstalled(manifest)
  await writeAtomically(join(directory, activeName), `${JSON.stringify({ pack: manifest.name })}\n`)
  return { pack, before }
}

/**
 * Removes a pack's files.
 * @throws SemblanceError NOT_FOUND where there are none; CONFLICT while it is active, or lends models to a pack that is installed
 */
export async function removePack(manifest: PackManifest, directory: string): Promise<void> {
  const { name, title } = manifest
  const folder = join(directory, name)
  if (!(await exists(folder))) throw notInstalled(manifest)
  if ((await readActivePack(directory)) === name)
    throw new SemblanceError('CONFLICT', `${title} is the active pack. Activate another one first.`)
  for (const other of await knownManifests(directory)) {
    const needsIt = lendersOf(other).includes(name) && (await exists(join(directory, other.name)))
    if (needsIt)
      throw new SemblanceError('CONFLICT', `${title} lends models to ${other.title}. Remove that one first.`)
  }
  // Gone in one step, whatever becomes of the deleting.
  const aside = join(directory, `${partialPrefix(name)}${process.pid}-${randomBytes(4).toString('hex')}`)
  await rename(folder, aside)
  await rm(aside, { recursive: true, force: true })
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

const notInstalled = ({ name, title }: PackManifest) =>
  new SemblanceError('NOT_FOUND', `${title} is not installed, or damaged: semblance packs install ${name}`)
