import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as tar from 'tar'
import { SemblanceError } from '../model/errors'
import { flushDenormals } from './export/denormals'
import { exportAgeGender, exportExpression } from './export/face-api'
import type { PackFile, PackManifest, PackSourceFile } from './manifest'
import { withPackage } from './registry'

/** A pack whose files lie on this machine. Plain data, so that it can be handed to a worker thread. */
export interface InstalledPack {
  manifest: PackManifest
  /** The folder that holds the files. */
  directory: string
  /** Names the space that embeddings live in: pack/recogniser sha (12 digits)/alignment version. */
  embeddingModel: string
}

export interface InstallOptions {
  manifest: PackManifest
  /** The folder of all packs; this one goes into a folder of its own name there. */
  directory: string
  /** `progress` goes from 0 to 1; `message` says for a person what is being done. */
  onProgress?: (progress: number, message: string) => void
  signal?: AbortSignal
}

/** Goes up when the crop that the recogniser sees changes: vectors from before and after must not meet. */
const alignmentVersion = 'a1'
const recordName = 'installed.json'
const converters: Record<NonNullable<PackFile['converter']>, (parts: Buffer[]) => Uint8Array> = {
  flush_denormals: ([model]) => flushDenormals(model),
  face_api_age_gender: ([manifest, weights]) => exportAgeGender(manifest.toString('utf8'), weights),
  face_api_expression: ([manifest, weights]) => exportExpression(manifest.toString('utf8'), weights),
}

/** The name of the space that this pack's embeddings live in; the sha256 is that of the recogniser as published. */
export function embeddingModelOf(manifest: PackManifest): string {
  const file = manifest.files.find(({ name }) => name === manifest.roles.recogniser.file)
  return `${manifest.name}/${file?.from[0].sha256.slice(0, 12)}/${alignmentVersion}`
}

/**
 * The pack where it is installed, else undefined. Sizes are checked; sha256 too unless an install has recorded that
 * it did (a folder that was copied by hand is recorded the first time).
 */
export async function findPack(
  manifest: PackManifest,
  directory: string,
): Promise<InstalledPack | undefined> {
  const folder = join(directory, manifest.name)
  for (const file of manifest.files) {
    const info = await stat(join(folder, file.name)).catch(() => undefined)
    if (info?.size !== file.bytes) return undefined
  }
  if (!(await isRecorded(manifest, folder))) {
    for (const file of manifest.files) {
      if (sha256(await readFile(join(folder, file.name))) !== file.sha256) return undefined
    }
    // A folder that can't be written to is checked again at the next start instead.
    await record(manifest, folder).catch(() => undefined)
  }
  return { manifest, directory: folder, embeddingModel: embeddingModelOf(manifest) }
}

/**
 * Makes sure that the pack is installed. Everything is made ready in a folder beside, which then gets its name in
 * one step: a killed install leaves nothing half-made, and of two at once one wins and both go on with its files.
 * @throws SemblanceError UNAVAILABLE where a package can't be had, or a file's sha256 is not the manifest's
 */
export async function installPack(options: InstallOptions): Promise<InstalledPack> {
  const { manifest, directory, onProgress } = options
  const found = await findPack(manifest, directory)
  if (found) {
    onProgress?.(1, `${manifest.title} is ready`)
    return found
  }
  await mkdir(directory, { recursive: true })
  await sweep(directory, manifest.name)
  const partial = join(
    directory,
    `${partialPrefix(manifest.name)}${process.pid}-${randomBytes(4).toString('hex')}`,
  )
  await mkdir(partial)
  try {
    await fill(partial, options)
    await record(manifest, partial)
    await putInPlace(partial, manifest, directory)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  onProgress?.(1, `${manifest.title} is ready`)
  return { manifest, directory: join(directory, manifest.name), embeddingModel: embeddingModelOf(manifest) }
}

/** Writes every file of the pack into `folder`. */
async function fill(
  folder: string,
  { manifest, directory, onProgress, signal }: InstallOptions,
): Promise<void> {
  const fetched: Fetched = new Map()
  const sources = Object.entries(manifest.sources)
  for (const [index, [id, source]] of sources.entries()) {
    const specifier = `${source.package}@${source.version}`
    onProgress?.((0.9 * index) / sources.length, `Fetching ${specifier}`)
    const wanted = manifest.files.flatMap(({ from }) => from).filter((file) => file.source === id)
    await withPackage(specifier, (tarball) => unpack(tarball, wanted, fetched), {
      signal,
      directory: folder,
    }).catch((error: unknown) => {
      throw withAdvice(error, manifest, directory)
    })
  }
  onProgress?.(0.9, 'Writing the models')
  for (const file of manifest.files) {
    signal?.throwIfAborted()
    const parts = file.from.map((part) => takeFile(fetched, part))
    const bytes = file.converter ? converters[file.converter](parts) : parts[0]
    checkSha(bytes, file.sha256, file.name)
    await writeFile(join(folder, file.name), bytes, { flush: true })
  }
}

/** Files of packages, by source and path. */
type Fetched = Map<string, Buffer>

/** Reads the wanted files of a tarball, and nothing else, into memory. */
async function unpack(tarball: string, wanted: PackSourceFile[], into: Fetched): Promise<void> {
  const keys = new Map(wanted.map((file) => [`package/${file.path}`, keyOf(file)]))
  await tar.list({
    file: tarball,
    onReadEntry: (entry) => {
      const key = keys.get(entry.path)
      if (!key) return
      const chunks: Buffer[] = []
      entry.on('data', (chunk) => chunks.push(chunk))
      entry.on('end', () => into.set(key, Buffer.concat(chunks)))
    },
  })
  for (const file of wanted) checkSha(takeFile(into, file), file.sha256, file.path)
}

function takeFile(fetched: Fetched, file: PackSourceFile): Buffer {
  const bytes = fetched.get(keyOf(file))
  if (bytes) return bytes
  throw new SemblanceError(
    'UNAVAILABLE',
    `The package holds no ${file.path}, so the pack can't be made of it.`,
  )
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
      if (await findPack(manifest, directory)) return
      if (attempt === 5) throw error
      const aside = `${partial}-replaced`
      await rename(target, aside).catch(() => undefined)
      await rm(aside, { recursive: true, force: true })
    }
  }
}

/** Removes what installs of processes that are gone have left behind. */
async function sweep(directory: string, name: string): Promise<void> {
  const prefix = partialPrefix(name)
  for (const entry of await readdir(directory)) {
    if (!entry.startsWith(prefix)) continue
    if (!isAlive(Number.parseInt(entry.slice(prefix.length), 10))) {
      await rm(join(directory, entry), { recursive: true, force: true })
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isRecorded(manifest: PackManifest, folder: string): Promise<boolean> {
  const text = await readFile(join(folder, recordName), 'utf8').catch(() => '')
  return text === recordOf(manifest)
}

const record = (manifest: PackManifest, folder: string) =>
  writeFile(join(folder, recordName), recordOf(manifest))

const recordOf = ({ name, version, files }: PackManifest) =>
  `${JSON.stringify({ name, version, sha256: Object.fromEntries(files.map((f) => [f.name, f.sha256])) }, null, 2)}\n`

const partialPrefix = (name: string) => `.${name}-partial-`
const keyOf = ({ source, path }: PackSourceFile) => `${source}:${path}`
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function checkSha(bytes: Uint8Array, expected: string, name: string): void {
  const actual = sha256(bytes)
  if (actual === expected) return
  throw new SemblanceError(
    'UNAVAILABLE',
    `${name} is not the file that the pack was made with, so it is not used (sha256 ${actual}, expected ${expected}). ` +
      'Something between the registry and this machine changed it; try another registry or network.',
    { file: name, expected, actual },
  )
}

/** Adds what to do to an error of the registry. */
function withAdvice(error: unknown, manifest: PackManifest, directory: string): unknown {
  if (!(error instanceof SemblanceError) || !error.data?.['detail']) return error
  const folder = join(directory, manifest.name)
  return new SemblanceError(
    'UNAVAILABLE',
    `${manifest.title} is not installed yet. ${error.message} Go online and try again, or copy the folder ${folder} ` +
      'from a machine that has it.',
    error.data,
    { cause: error },
  )
}
