import type { Dirent } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { headOf } from '../source/create'
import { isAway, isInside, readLocated, type SourceRoot } from '../source/read-file'
import { errnoOf, fileError, fileSystemRefusal, type Refusal, sourceAway } from '../source/source-errors'
import { inOrderOfPath, isHidden, type SourceTree, type TreeEntry, type TreeFile } from './tree'

/** How many files are asked for at once: a network disk answers one slowly and many at a time. */
const atOnce = 64

/** A folder on this machine. Links that lead out of it are not followed, nor are those to folders. */
export function folderTree(folder: string, root: SourceRoot): SourceTree {
  const full = (path: string) => join(folder, ...path.split('/'))
  return {
    name: basename(folder),
    async list(path) {
      const found = await readdir(full(path), { withFileTypes: true }).catch(async (error: unknown) => {
        if (path === '' || (await isAway(folder, error))) throw sourceAway(folder, error)
        throw error
      })
      const shown = found.filter(({ name }) => !isHidden(name))
      const entries: TreeEntry[] = []
      for (let at = 0; at < shown.length; at += atOnce) {
        const some = shown.slice(at, at + atOnce)
        entries.push(...(await Promise.all(some.map((entry) => inspect(folder, path, entry)))))
      }
      return inOrderOfPath(entries)
    },
    locate: (path) => ({ in: 'folder', path: full(path) }),
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

/**
 * A file of the folder by its path, which may be written in either form of Unicode; null where there is none.
 * @throws UNAVAILABLE where the whole folder is away
 */
export async function findFile(folder: string, path: string): Promise<TreeFile | null> {
  for (const spelt of new Set([path, path.normalize('NFC'), path.normalize('NFD')])) {
    const found = await lookUp(folder, spelt)
    if (found) return found
  }
  return null
}

async function lookUp(folder: string, path: string): Promise<TreeFile | null> {
  const full = join(folder, ...path.split('/'))
  const file = {
    kind: 'file' as const,
    name: basename(path),
    path,
    locator: { in: 'folder' as const, path: full },
  }
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

async function inspect(folder: string, parent: string, entry: Dirent): Promise<TreeEntry> {
  const { name } = entry
  const path = parent === '' ? name : `${parent}/${name}`
  const full = join(folder, ...path.split('/'))
  const file = (refusal: Refusal | null, found?: { size: number; mtime: Date }): TreeEntry => ({
    ...{ kind: 'file', name, path },
    bytes: found?.size ?? null,
    modifiedAt: found?.mtime ?? null,
    locator: { in: 'folder', path: full },
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
    // A name that is no text was read as something else, which is not there.
    if (errnoOf(error) === 'ENOENT' && name.includes('�')) return file(unreadableName)
    if (await isAway(folder, error)) throw sourceAway(folder, error)
    return file(fileSystemRefusal(error, 'file'))
  }
}

const unreadableName: Refusal = {
  code: 'unreadable',
  reason: 'The name of the file is written in an encoding that this machine does not use. Rename it.',
}

async function refuseLink(folder: string, link: string): Promise<Refusal | null> {
  const target = await realpath(link)
  if (!isInside(target, await realpath(folder)))
    return { code: 'unsafe_path', reason: 'A link that leads out of the folder; it is not followed.' }
  const found = await stat(target)
  if (found.isDirectory())
    return { code: 'not_a_photo', reason: 'This is a folder, or a link to one; it is not followed.' }
  return found.isFile() ? null : { code: 'not_a_photo', reason: 'This is no file but a device or a pipe.' }
}
