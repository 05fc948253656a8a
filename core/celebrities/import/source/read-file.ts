import { constants } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { defaultLimits } from '../../../faces/images/decode'
import { SemblanceError } from '../../../model/errors'
import { readZipEntry } from './read-zip-entry'
import { errnoOf, fileError, fileSystemRefusal, megabytes, refusalOf, sourceAway } from './source-errors'
import type { Staging } from '../staging/staging'
import type { Locator } from '../staging/staging-tables'

/** Where files of one import may be read from. */
export interface SourceRoot {
  /** The folder that files of the machine must lie in, or the ZIP; null where all was uploaded. */
  source: string | null
  /** The folder of uploads in the staging area. */
  uploads: string
}

/** The folder for what is uploaded to an import. Made with the first piece. */
export async function uploadsOf(staging: StagingReader, importId: string): Promise<string> {
  return join(await staging.folderOf(importId), 'uploads')
}

/** @throws SemblanceError NOT_FOUND */
export async function sourceRootOf(staging: StagingReader, importId: string): Promise<SourceRoot> {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select(['source_path', 'source_kind'])
      .where('id', '=', importId)
      .executeTakeFirst(),
  )
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  const path = row.source_path
  return {
    source: path !== null && row.source_kind === 'csv' ? dirname(path) : path,
    uploads: await uploadsOf(staging, importId),
  }
}

/** What reading needs of the staging area. */
export type StagingReader = Pick<Staging, 'transaction' | 'folderOf'>

/** An import's source never changes, and thousands of files are read from it. */
const roots = new WeakMap<StagingReader, Map<string, Promise<SourceRoot>>>()

function knownRoot(staging: StagingReader, importId: string): Promise<SourceRoot> {
  const known = roots.get(staging) ?? new Map<string, Promise<SourceRoot>>()
  roots.set(staging, known)
  const root = known.get(importId) ?? sourceRootOf(staging, importId)
  known.set(importId, root)
  root.catch(() => known.delete(importId))
  return root
}

/**
 * The bytes of a file of an import, wherever they lie: in a folder, a ZIP, the staging area. A file that has become a
 * link which leads out of the source is not followed.
 * @param limit bytes at most; those of a photo where not given
 * @throws SemblanceError where the file can't be had: `data.code` says why (gone, unreadable, too_large, unsafe_path).
 * UNAVAILABLE, without `data.code`, where the whole source is away: nothing should be said of the file then.
 */
export async function readStagedFile(
  staging: StagingReader,
  importId: string,
  locator: Locator,
  { limit = defaultLimits.maxBytes }: { limit?: number } = {},
): Promise<Buffer> {
  return readLocated(locator, await knownRoot(staging, importId), limit)
}

/** As {@link readStagedFile}, for what knows the source's root itself. */
export async function readLocated(locator: Locator, root: SourceRoot, limit: number): Promise<Buffer> {
  try {
    switch (locator.in) {
      case 'folder':
        return await readFile(await inside(placeOf(locator), root.source), limit)
      case 'staging':
        return await readFile(await inside(join(root.uploads, locator.name), root.uploads), limit)
      case 'zip':
        return isAbsolute(locator.path)
          ? await readZipEntry(locator.path, locator, limit)
          : await readZipEntry(await inside(join(root.uploads, locator.path), root.uploads), locator, limit)
    }
  } catch (error) {
    if (refusalOf(error) || (error instanceof SemblanceError && error.code === 'UNAVAILABLE')) throw error
    if (root.source !== null && (await isAway(root.source, error))) throw sourceAway(root.source, error)
    const { code, reason } = fileSystemRefusal(error, 'file')
    throw fileError(code, reason, { cause: error })
  }
}

export type FolderLocator = Extract<Locator, { in: 'folder' }>

/** The path of a file on this machine; in bytes where it is no text. */
export const placeOf = ({ path, bytes }: FolderLocator): string | Buffer =>
  bytes === undefined ? path : Buffer.from(bytes, 'base64')

/** The file's real path. @throws SemblanceError unsafe_path where it lies outside of `root` */
async function inside(path: string | Buffer, root: string | null): Promise<Buffer> {
  if (root === null) throw fileError('unsafe_path', 'The file lies outside of what was uploaded.')
  const real = await realWithin(path, root)
  if (real === null)
    throw fileError('unsafe_path', 'The file is a link that leads out of the folder; it is not followed.')
  return real
}

/** The real path of a file, in bytes, since not all are text; null where it lies outside of `root`. */
export async function realWithin(path: string | Buffer, root: string): Promise<Buffer | null> {
  const [real, realRoot] = await Promise.all([
    realpath(path, { encoding: 'buffer' }),
    realpath(root, { encoding: 'buffer' }),
  ])
  // One letter for each byte, so that different bytes are never taken for the same.
  return isInside(real.toString('latin1'), realRoot.toString('latin1')) ? real : null
}

/** Whether a path lies in a folder, or is it. Both absolute and real. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function readFile(path: string | Buffer, limit: number): Promise<Buffer> {
  // Without O_NONBLOCK, a pipe would be waited for until somebody writes into it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await file.stat()
    if (!found.isFile()) throw fileError('not_a_photo', 'This is no file.')
    if (found.size > limit) {
      throw fileError(
        'too_large',
        `The file has ${megabytes(found.size)} MB; at most ${megabytes(limit)} MB are accepted.`,
      )
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/**
 * Whether an error is about the whole source and not about one file: it is not there, or it is a folder in which nothing
 * is left, as one that a disk was mounted on.
 */
export async function isAway(source: string, error: unknown): Promise<boolean> {
  if (!['ENOENT', 'ENOTDIR', 'EIO', 'ENODEV', 'ENXIO', 'ESTALE'].includes(errnoOf(error) ?? '')) return false
  return isMissing(source)
}

/** @throws SemblanceError UNAVAILABLE where the whole source of an import is away; NOT_FOUND */
export async function requireSource(staging: StagingReader, importId: string): Promise<void> {
  const { source } = await sourceRootOf(staging, importId)
  if (source === null || !(await isMissing(source))) return
  const message =
    'The photos of this import can’t be reached. Connect the disk or the folder that they lie on, then publish it.'
  throw new SemblanceError('UNAVAILABLE', message)
}

async function isMissing(source: string): Promise<boolean> {
  try {
    if (!(await stat(source)).isDirectory()) return false
    return (await readdir(source)).length === 0
  } catch {
    return true
  }
}
