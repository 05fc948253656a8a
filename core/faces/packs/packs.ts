import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SemblanceError } from '../../model/errors'
import { lendersOf, type PackManifest } from './manifest'
import { fillPack } from './pack-fill'
import { findFaults, readRecord, writeAtomically, writeRecord, type PackRecord } from './pack-record'
import type { InstalledPack, InstallOptions } from './pack-types'
import { isAlive } from './process-lock'
import { manifestOf, ownManifestName, shippedManifests } from './shipped-packs'

export type { InstalledPack, InstallOptions } from './pack-types'

/** Goes up when the crop that the recogniser sees changes: vectors from before and after must not meet. */
const alignmentVersions = { landmarks: 'a1', detector: 'd1' } as const

/**
 * The name of the space that this pack's embeddings live in; the sha256 is that of the recogniser as published.
 * @param recogniser the sha256 that was recorded at the install, where the manifest does not give it
 */
export function embeddingModelOf(manifest: PackManifest, recogniser?: string): string {
  const sha = publishedRecogniser(manifest) ?? recogniser
  return `${manifest.name}/${sha?.slice(0, 12) ?? 'unknown'}/${alignmentVersions[manifest.alignment]}`
}

/** sha256 of the file that the recogniser is made of. */
function publishedRecogniser({ roles, files }: PackManifest): string | undefined {
  const { recogniser } = roles
  if ('borrow' in recogniser) return undefined
  const file = files.find(({ name }) => name === recogniser.file)
  return file?.from[0].sha256 ?? (file?.converter ? undefined : file?.sha256)
}

/**
 * The pack where it is installed, with those that it borrows from, else undefined. Sizes are checked; sha256 too
 * unless an install has recorded that it did (a folder that was copied by hand is recorded the first time).
 */
export async function findPack(
  manifest: PackManifest,
  directory: string,
): Promise<InstalledPack | undefined> {
  const folder = join(directory, manifest.name)
  for (const file of manifest.files) {
    const info = await stat(join(folder, file.name)).catch(() => undefined)
    if (!info || (file.bytes !== undefined && info.size !== file.bytes)) return undefined
  }
  let record = await readRecord(manifest, folder)
  if (!record) {
    // Terms are accepted at an install; and without a sha256 nothing says what the files are.
    if (manifest.terms || (await findFaults(manifest, folder, undefined)).length > 0) return undefined
    record = recordOf(manifest)
    // A folder that can't be written to is checked again at the next start instead.
    await writeRecord(folder, record).catch(() => undefined)
  }
  const lenders: Record<string, InstalledPack> = {}
  for (const name of lendersOf(manifest)) {
    const known = await manifestOf(name, directory).catch(() => undefined)
    const lender = known && (await findPack(known, directory))
    if (!lender) return undefined
    lenders[name] = lender
  }
  return installed(manifest, folder, record, lenders)
}

function installed(
  manifest: PackManifest,
  directory: string,
  record: PackRecord,
  lenders: Record<string, InstalledPack>,
): InstalledPack {
  const { recogniser } = manifest.roles
  const lender = 'borrow' in recogniser ? lenders[recogniser.borrow] : undefined
  const sha = lender ? lender.embeddingModel.split('/')[1] : record.recogniser
  const pack = { manifest, directory, embeddingModel: embeddingModelOf(manifest, sha) }
  return Object.keys(lenders).length > 0 ? { ...pack, lenders } : pack
}

/**
 * Makes sure that the pack is installed, and those that it borrows from. Everything is made ready in a folder beside,
 * which then gets its name in one step: a killed install leaves nothing half-made, and of two at once one wins and
 * both go on with its files.
 * @throws SemblanceError UNAVAILABLE where a source can't be had, or a file's sha256 is not the manifest's;
 *   BAD_REQUEST where terms have to be accepted first, or a file is not what its decoder needs
 */
export async function installPack(options: InstallOptions): Promise<InstalledPack> {
  const { manifest, directory, onProgress, signal } = options
  const found = await findPack(manifest, directory)
  if (found && (!options.recheck || (await hasFiles(manifest, directory)))) {
    onProgress?.(1, `${manifest.title} is ready`)
    return found
  }
  if (manifest.terms && !options.acceptTerms) throw termsUnaccepted(manifest)
  const lenders = lendersOf(manifest)
  for (const name of lenders) {
    const lender = await manifestOf(name, directory)
    await installPack({ manifest: lender, directory, signal })
  }
  if (!(await hasFiles(manifest, directory))) await installFiles(options)
  const pack = await findPack(manifest, directory)
  if (!pack) throw new SemblanceError('UNAVAILABLE', `${manifest.title} could not be put into ${directory}.`)
  onProgress?.(1, `${manifest.title} is ready`)
  return pack
}

/** Whether its own files are there and recorded, whatever it borrows. */
async function hasFiles(manifest: PackManifest, directory: string): Promise<boolean> {
  const folder = join(directory, manifest.name)
  const record = await readRecord(manifest, folder)
  return record !== undefined && (await findFaults(manifest, folder, record)).length === 0
}

async function installFiles(options: InstallOptions): Promise<void> {
  const { manifest, directory } = options
  await mkdir(directory, { recursive: true })
  await sweep(directory, manifest.name)
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`
  const partial = join(directory, `${partialPrefix(manifest.name)}${unique}`)
  await mkdir(partial)
  try {
    const { sha256, recogniser } = await fillPack(partial, options)
    await writeRecord(partial, {
      ...recordOf(manifest),
      sha256,
      ...(publishedRecogniser(manifest) === undefined && { recogniser }),
      ...(manifest.terms && { accepted: new Date().toISOString() }),
    })
    if (!shippedManifests.includes(manifest))
      await writeAtomically(join(partial, ownManifestName), `${JSON.stringify(manifest, null, 2)}\n`)
    await putInPlace(partial, manifest, directory)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/**
 * Renames the finished folder to its name. Where a folder stands already it is either another process's complete one,
 * which is kept, or damaged, and then moved aside.
 */
async function putInPlace(partial: string, manifest: PackManifest, directory: string): Promise<void> {
  const target = join(directory, manifest.name)
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(partial, target)
    } catch (error) {
      if (await hasFiles(manifest, directory)) return
      if (attempt === 5) throw error
      const aside = `${partial}-replaced`
      await rename(target, aside).catch(() => undefined)
      await rm(aside, { recursive: true, force: true })
    }
  }
}

/** Removes what installs and removals of processes that are gone have left behind. */
async function sweep(directory: string, name: string): Promise<void> {
  const prefix = partialPrefix(name)
  for (const entry of await readdir(directory)) {
    if (!entry.startsWith(prefix)) continue
    if (!isAlive(Number.parseInt(entry.slice(prefix.length), 10))) {
      await rm(join(directory, entry), { recursive: true, force: true })
    }
  }
}

/** The record of a pack whose manifest says it all. */
const recordOf = ({ name, version, files }: PackManifest): PackRecord => ({
  name,
  version,
  sha256: Object.fromEntries(files.flatMap((file) => (file.sha256 ? [[file.name, file.sha256]] : []))),
})

/** What is being made, or taken away, and has no right to the pack's name. */
export const partialPrefix = (name: string) => `.${name}-partial-`

function termsUnaccepted({ name, title, terms }: PackManifest): SemblanceError {
  return new SemblanceError(
    'BAD_REQUEST',
    `${title}: ${terms?.summary} Read ${terms?.url}; where that covers your use, run: semblance packs install ${name} --accept-licence`,
    { pack: name, terms },
  )
}
