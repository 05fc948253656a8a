import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { defaultLimits } from '../../../faces/images/decode'
import { isAway, readLocated, type SourceRoot } from '../source/read-file'
import { fileError, sourceAway } from '../source/source-errors'
import { createFileIndex, isHidden, mostDepth, type FileIndex, type SourceTree } from './tree'
import { readZipDirectory } from './zip-directory'

/** A ZIP on this machine, by its directory: nothing is unpacked. */
export async function zipTree(path: string, root: SourceRoot, signal?: AbortSignal): Promise<SourceTree> {
  try {
    await stat(path)
  } catch (error) {
    if (await isAway(path, error)) throw sourceAway(path, error)
    throw error
  }
  const index = createFileIndex()
  await addZip(index, { path, locatorPath: path, label: path, under: '' }, signal)
  return indexedTree(basename(path, extname(path)), index, root)
}

interface ZipPlace {
  path: string
  /** As files' locators name it: absolute, or that of an upload. */
  locatorPath: string
  /** What it is called before the person. */
  label: string
  /** The folder of the tree that its files come into, with its '/' at the end; '' for the whole. */
  under: string
}

/** Puts the files of a ZIP into an index. @throws SemblanceError BAD_REQUEST where it can't be read */
export async function addZip(index: FileIndex, place: ZipPlace, signal?: AbortSignal): Promise<void> {
  for (const entry of await readZipDirectory(place.path, place.label, signal)) {
    const parts = entry.path.split('/')
    if (!entry.refusal && parts.some(isHidden)) continue
    const isDeep = parts.length > mostDepth
    const path = isDeep ? parts.join('∕') : entry.path
    const refusal = isDeep
      ? { code: 'unsafe_path' as const, reason: `It lies in more than ${mostDepth} folders.` }
      : entry.refusal
    const { at, packed, size, method, crc, modifiedAt } = entry
    index.add({
      kind: 'file',
      name: path.slice(path.lastIndexOf('/') + 1),
      path: place.under + path,
      bytes: size,
      modifiedAt,
      locator: { in: 'zip', path: place.locatorPath, entry: entry.path, at, packed, size, method, crc },
      ...(refusal ? { refusal } : {}),
    })
  }
}

/** A tree of what is known already. */
export function indexedTree(name: string, index: FileIndex, root: SourceRoot): SourceTree {
  const read: SourceTree['read'] = ({ locator }, limit) => readLocated(locator, root, limit)
  return {
    name,
    list: (path) => Promise.resolve(index.list(path)),
    names: (path) => Promise.resolve(index.list(path).map(({ name }) => name)),
    locate: (path) => ({ in: 'staging', name: path }),
    read,
    head(file) {
      // Packed bytes have no beginning that could be had alone; what is too large for a photo is none.
      if ((file.bytes ?? 0) > defaultLimits.maxBytes)
        throw fileError('not_a_photo', 'This is no photo, by its name and its size.')
      return read(file, defaultLimits.maxBytes)
    },
  }
}
