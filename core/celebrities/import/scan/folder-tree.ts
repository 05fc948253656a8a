import type { Dirent } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { headOf } from '../source/create'
import {
  type FolderLocator,
  isAway,
  placeOf,
  readLocated,
  realWithin,
  type SourceRoot,
} from '../source/read-file'
import { fileError, fileSystemRefusal, type Refusal, sourceAway } from '../source/source-errors'
import { showNames } from './file-names'
import { inOrderOfPath, isHidden, type SourceTree, type TreeEntry, type TreeFile } from './tree'

/** How many files are asked for at once: a network disk answers one slowly and many at a time. */
const atOnce = 64

/** A folder on this machine. Links that lead out of it are not followed, nor are those to folders. */
export function folderTree(folder: string, root: SourceRoot): SourceTree {
  /** Where those lie whose names are no text, by their paths. */
  const odd = new Map<string, Buffer>()
  const full = (path: string) => odd.get(path) ?? join(folder, ...path.split('/'))

  async function entriesOf(parent: string): Promise<Place[]> {
    const where = full(parent)
    const found = await readdir(where, { withFileTypes: true, encoding: 'buffer' }).catch(
      async (error: unknown) => {
        if (parent === '' || (await isAway(folder, error))) throw sourceAway(folder, error)
        throw error
      },
    )
    return showNames(found)
      .filter(({ name }) => !isHidden(name))
      .map(({ name, entry, isOdd }) => {
        const path = parent === '' ? name : `${parent}/${name}`
        if (isOdd || typeof where !== 'string')
          odd.set(path, Buffer.concat([Buffer.from(where), Buffer.from(sep), entry.name]))
        return { name, path, full: full(path), entry }
      })
  }

  return {
    name: basename(folder),
    async list(path) {
      const places = await entriesOf(path)
      const entries: TreeEntry[] = []
      for (let at = 0; at < places.length; at += atOnce) {
        const some = places.slice(at, at + atOnce)
        entries.push(...(await Promise.all(some.map((place) => inspect(folder, place)))))
      }
      return inOrderOfPath(entries)
    },
    async names(path) {
      const isFolder = (await lstat(full(path))).isDirectory()
      return isFolder || path === '' ? (await entriesOf(path)).map(({ name }) => name) : []
    },
    locate: (path) => locatorOf(full(path)),
    read: ({ locator }, limit) => readLocated(locator, root, limit),
    async head({ path }) {
      try {
        return await headOf(full(path))
      } catch (error) {
        if (await isAway(folder, error)) throw sourceAway(folder, error)
        const { code, reason } = fileSystemRefusal(error, 'file')
        throw fileError(code, reason, { cause: error })
      }
    },
  }
}

interface Place {
  name: string
  path: string
  full: string | Buffer
  entry: Dirent<Buffer>
}

/** A path that is no text is shown as near to it as can be. */
const locatorOf = (full: string | Buffer): FolderLocator =>
  typeof full === 'string'
    ? { in: 'folder', path: full }
    : { in: 'folder', path: full.toString(), bytes: full.toString('base64') }

/**
 * A file of the folder by its path; null where there is none.
 * @throws UNAVAILABLE where the whole folder is away
 */
export async function findFile(folder: string, tree: SourceTree, path: string): Promise<TreeFile | null> {
  const locator = tree.locate(path) as FolderLocator
  const full = placeOf(locator)
  const file = { kind: 'file' as const, name: basename(path), path, locator }
  const unknown = { bytes: null, modifiedAt: null }
  try {
    const refusal = await refuseLink(folder, full)
    if (refusal) return { ...file, ...unknown, refusal }
    const { size, mtime } = await stat(full)
    return { ...file, bytes: size, modifiedAt: mtime }
  } catch (error) {
    if (await isAway(folder, error)) throw sourceAway(folder, error)
    const refusal = fileSystemRefusal(error, 'file')
    return refusal.code === 'gone' ? null : { ...file, ...unknown, refusal }
  }
}

async function inspect(folder: string, { name, path, full, entry }: Place): Promise<TreeEntry> {
  const file = (refusal: Refusal | null, found?: { size: number; mtime: Date }): TreeEntry => ({
    ...{ kind: 'file', name, path },
    bytes: found?.size ?? null,
    modifiedAt: found?.mtime ?? null,
    locator: locatorOf(full),
    ...(refusal ? { refusal } : {}),
  })
  try {
    if (entry.isDirectory()) return { kind: 'folder', name, path }
    if (entry.isSymbolicLink()) {
      const refusal = await refuseLink(folder, full)
      return refusal ? file(refusal) : file(null, await stat(full))
    }
    if (!entry.isFile())
      return file({ code: 'not_a_photo', reason: 'This is no file but a device or a pipe.' })
    return file(null, await lstat(full))
  } catch (error) {
    if (await isAway(folder, error)) throw sourceAway(folder, error)
    return file(fileSystemRefusal(error, 'file'))
  }
}

async function refuseLink(folder: string, link: string | Buffer): Promise<Refusal | null> {
  const target = await realWithin(link, folder)
  if (target === null)
    return { code: 'unsafe_path', reason: 'A link that leads out of the folder; it is not followed.' }
  const found = await stat(target)
  if (found.isDirectory())
    return { code: 'not_a_photo', reason: 'This is a folder, or a link to one; it is not followed.' }
  return found.isFile() ? null : { code: 'not_a_photo', reason: 'This is no file but a device or a pipe.' }
}
