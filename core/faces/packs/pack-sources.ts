import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import * as tar from 'tar'
import { SemblanceError } from '../../model/errors'
import { download, sha256OfFile } from './download'
import type { PackFile, PackManifest, PackSource, PackSourceFile } from './manifest'
import type { InstallOptions } from './pack-types'
import { withProcessLock } from './process-lock'
import { withPackage } from './registry'
import { unzip } from './zip'

/** Where what a file of the pack is made of lies: the file itself, or its parts in the manifest's order. */
type StagedFile = { finished: string; parts?: undefined } | { finished?: undefined; parts: string[] }

/** By the name of the pack's file. Everything lies in the staging folder and may be moved from there. */
type Staged = Record<string, StagedFile>

/** Fetches what the manifest's sources hold into `staging`. */
export async function fetchSources(staging: string, options: InstallOptions): Promise<Staged> {
  const { manifest, onProgress } = options
  const sources = Object.entries(manifest.sources)
  for (const [index, [id, source]] of sources.entries()) {
    const wanted = wantedOf(manifest, id)
    await fetchSource(source, wanted, staging, {
      ...options,
      onProgress: (part, message) => onProgress?.((0.9 * (index + part)) / sources.length, message),
    })
    for (const file of wanted) await checkPart(file, staging)
  }
  const partsOf = (file: PackFile) => file.from.map((part) => partPath(staging, part))
  return Object.fromEntries(manifest.files.map((file) => [file.name, { parts: partsOf(file) }]))
}

const wantedOf = ({ files }: PackManifest, source: string) =>
  files.flatMap(({ from }) => from).filter((file) => file.source === source)

async function fetchSource(
  source: PackSource,
  wanted: PackSourceFile[],
  staging: string,
  options: InstallOptions,
): Promise<void> {
  const { manifest, directory, onProgress, signal } = options
  if (source.kind === 'npm') {
    const specifier = `${source.package}@${source.version}`
    onProgress?.(0, `Fetching ${specifier}`)
    await withPackage(specifier, (tarball) => untar(tarball, wanted, staging), {
      signal,
      directory: staging,
    }).catch((error: unknown) => {
      throw withAdvice(error, manifest, directory)
    })
  } else if (source.kind === 'zip') {
    const downloads = join(directory, '.downloads')
    await mkdir(downloads, { recursive: true })
    await withProcessLock(join(downloads, `${manifest.name}.lock`), async () => {
      const archive = await fetchZip(source, options)
      await unzip(archive, ({ name }) => pathOfPart(wanted, name, staging), signal)
      await rm(archive, { force: true })
    })
  } else {
    throw new SemblanceError(
      'BAD_REQUEST',
      `${manifest.title} can only be installed from files of your own: semblance packs install ${manifest.name} --from <folder or zip>`,
    )
  }
}

/** Downloads into a place that a later attempt finds again, checks what came, and forgets it where it is wrong. */
async function fetchZip(
  { url, bytes, sha256 }: PackSource & { kind: 'zip' },
  { manifest, directory, onProgress, signal }: InstallOptions,
): Promise<string> {
  const key = createHash('sha256').update(url).digest('hex').slice(0, 8)
  const path = join(directory, '.downloads', `${manifest.name}-${key}.zip`)
  await download({
    ...{ url, path, bytes, signal },
    onProgress: (done, total) => {
      const size = total ? ` of ${megabytes(total)}` : ''
      onProgress?.(
        total ? 0.98 * (done / total) : 0,
        `Fetching ${basename(url)}: ${megabytes(done)}${size} MB`,
      )
    },
  }).catch((error: unknown) => {
    throw withAdvice(error, manifest, directory)
  })
  onProgress?.(0.99, `Checking ${basename(url)}`)
  const part = `${path}.part`
  const actual = await sha256OfFile(part)
  if (sha256 !== undefined && actual !== sha256) {
    await rm(part, { force: true })
    throw mismatch(basename(url), actual, sha256)
  }
  await rename(part, path)
  return path
}

/** Takes the wanted files of a tarball, and nothing else. */
async function untar(tarball: string, wanted: PackSourceFile[], staging: string): Promise<void> {
  const unpacked = join(staging, 'package')
  await mkdir(unpacked)
  const paths = new Set(wanted.map(({ path }) => `package/${path}`))
  await tar.extract({ file: tarball, cwd: staging, filter: (path) => paths.has(path), strict: true })
  for (const file of wanted)
    await rename(join(unpacked, file.path), partPath(staging, file)).catch(() => undefined)
  await rm(unpacked, { recursive: true, force: true })
}

const pathOfPart = (wanted: PackSourceFile[], name: string, staging: string) => {
  const file = wanted.find(({ path }) => path === name)
  return file && partPath(staging, file)
}

/** A name of our own for each part, whatever it is called where it comes from. */
const partPath = (staging: string, { source, path }: PackSourceFile) =>
  join(staging, createHash('sha256').update(`${source}:${path}`).digest('hex').slice(0, 16))

async function checkPart(file: PackSourceFile, staging: string): Promise<void> {
  const actual = await sha256OfFile(partPath(staging, file)).catch(() => undefined)
  if (actual === undefined) throw missing(file.path)
  if (file.sha256 !== undefined && actual !== file.sha256) throw mismatch(file.path, actual, file.sha256)
}

/**
 * Finds the pack's files in a folder or zip of the user's: finished ones as another machine has them, or those that
 * they are made of. Names count without their folders; what a file is, its sha256 says.
 * @throws SemblanceError BAD_REQUEST where there is no such folder or zip; UNAVAILABLE where a file is missing or another
 */
export async function takeFromLocal(
  from: string,
  staging: string,
  manifest: PackManifest,
  { onProgress, signal }: InstallOptions,
): Promise<Staged> {
  onProgress?.(0, `Reading ${from}`)
  const names = new Set(
    manifest.files.flatMap((file) => [file.name, ...file.from.map((part) => basename(part.path))]),
  )
  const found = await gather(from, names, staging, signal)
  const staged: Staged = {}
  for (const file of manifest.files) {
    const finished = await matching(found, file.name, file.sha256 ?? (file.converter ? '' : undefined))
    if (finished) {
      staged[file.name] = { finished }
      continue
    }
    const parts: string[] = []
    for (const part of file.from) {
      const path = await matching(found, basename(part.path), part.sha256)
      if (!path) throw await whyNot(found, basename(part.path), part.sha256)
      parts.push(path)
    }
    staged[file.name] = { parts }
  }
  return staged
}

/** Copies every file with a wanted name into `staging`; by name, in the order found. */
async function gather(from: string, names: Set<string>, staging: string, signal?: AbortSignal) {
  const found = new Map<string, string[]>()
  const place = (name: string): string | undefined => {
    const plain = name.split(/[/\\]/).pop() ?? ''
    if (!names.has(plain)) return undefined
    const path = join(staging, `${found.size}-${(found.get(plain) ?? []).length}-${plain}`)
    found.set(plain, [...(found.get(plain) ?? []), path])
    return path
  }
  const info = await stat(from).catch(() => undefined)
  if (info?.isFile()) await unzip(from, ({ name }) => place(name), signal)
  else if (info?.isDirectory()) {
    for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
      signal?.throwIfAborted()
      const target = entry.isFile() ? place(entry.name) : undefined
      if (target) await copyFile(join(entry.parentPath, entry.name), target)
    }
  } else throw new SemblanceError('BAD_REQUEST', `There is no folder or zip ${from}.`)
  return found
}

/** The first file of this name that has the sha256, or the first at all where none is known. */
async function matching(found: Map<string, string[]>, name: string, sha256: string | undefined) {
  for (const path of found.get(name) ?? []) {
    if (sha256 === undefined || (await sha256OfFile(path)) === sha256) return path
  }
  return undefined
}

async function whyNot(found: Map<string, string[]>, name: string, sha256: string | undefined) {
  const [other] = found.get(name) ?? []
  return other && sha256 !== undefined ? mismatch(name, await sha256OfFile(other), sha256) : missing(name)
}

const missing = (name: string) =>
  new SemblanceError('UNAVAILABLE', `There is no ${name} in it, so the pack can't be made of it.`, {
    file: name,
  })

export const mismatch = (file: string, actual: string, expected: string) =>
  new SemblanceError(
    'UNAVAILABLE',
    `${file} is not the file that the pack was made with, so it is not used (sha256 ${actual}, expected ${expected}). ` +
      'Something between its source and this machine changed it; try another network or copy.',
    { file, expected, actual },
  )

/** Adds what to do to an error of a registry or server. */
function withAdvice(error: unknown, { name, title }: PackManifest, directory: string): unknown {
  if (!(error instanceof SemblanceError) || !error.data?.['detail']) return error
  return new SemblanceError(
    'UNAVAILABLE',
    `${title} is not installed yet. ${error.message} Go online and try again, or copy the folder ${join(directory, name)} ` +
      `from a machine that has it and run: semblance packs install ${name} --from <that copy>`,
    error.data,
    { cause: error },
  )
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
