import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import { SemblanceError } from '../../../model/errors'
import { headOf, isZip } from '../source/create'
import type { SourceRoot } from '../source/read-file'
import { listUploads, type Upload } from '../source/uploads'
import { createFileIndex, isHidden, type SourceTree } from './tree'
import { addZip, indexedTree } from './zip-tree'

/**
 * What was uploaded to an import, as a tree: ZIPs among it count as folders of their name, CSVs and sidecars as in any
 * folder. The whole has no name: what the import is called says nothing of who is in its photos.
 */
export async function uploadTree(root: SourceRoot, signal?: AbortSignal): Promise<SourceTree> {
  const index = createFileIndex()
  for (const upload of await listUploads(root.uploads)) {
    signal?.throwIfAborted()
    if (upload.path.split('/').some(isHidden)) continue
    const problem = await addUpload(index, upload, root, signal)
    if (problem === null) continue
    const file = await describeUpload(upload, root)
    index.add(problem === undefined ? file : { ...file, refusal: { code: 'unreadable', reason: problem } })
  }
  return indexedTree('', index, root)
}

/** Null where it was a ZIP, undefined where it is a file like others, or what is wrong with the ZIP. */
async function addUpload(
  index: ReturnType<typeof createFileIndex>,
  { path, name }: Upload,
  root: SourceRoot,
  signal?: AbortSignal,
): Promise<string | null | undefined> {
  const full = join(root.uploads, name)
  if (!/\.zip$/i.test(path) || !isZip(await headOf(full))) return undefined
  try {
    await addZip(index, { path: full, locatorPath: name, label: path, under: `${path}/` }, signal)
    return null
  } catch (error) {
    if (error instanceof SemblanceError) return error.message
    throw error
  }
}

async function describeUpload({ path, name }: Upload, root: SourceRoot) {
  const { size, mtime } = await stat(join(root.uploads, name))
  return {
    ...{ kind: 'file' as const, name: path.slice(path.lastIndexOf('/') + 1), path },
    ...{ bytes: size, modifiedAt: mtime, locator: { in: 'staging' as const, name } },
  }
}
