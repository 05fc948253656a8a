import { SemblanceError } from '../../../model/errors'
import { type SourceRoot, sourceRootOf } from '../source/read-file'
import type { Staging } from '../staging/staging'
import { walkCsv } from './csv-source'
import { folderTree } from './folder-tree'
import { createRowWriter, type FileRow } from './row-writer'
import { uploadTree } from './upload-tree'
import { walkTree } from './walk'
import { zipTree } from './zip-tree'

export interface ScanOptions {
  signal?: AbortSignal
  /** Told how many files have been met so far. */
  onProgress?: (files: number) => void
}

/**
 * Leaves every file of an import's source as a row of `files`, in order of path: found, or rejected with a reason. The
 * import itself is left as it is. What was scanned already stays as it is, with its id, so that a scan that was cut short
 * is begun again.
 * @returns how many files there are
 * @throws SemblanceError BAD_REQUEST where the source is broken as a whole (a ZIP that is cut off, a CSV without its
 * columns), UNAVAILABLE where it is away, NOT_FOUND where the import is; the signal's reason
 */
export async function scanImport(
  staging: Staging,
  importId: string,
  { signal, onProgress }: ScanOptions = {},
): Promise<number> {
  let files = 0
  const writer = createRowWriter(staging, importId, (written) => {
    files = written
    onProgress?.(written)
  })
  for await (const row of await openSource(staging, importId, signal)) await writer.write(row)
  await writer.end()
  return files
}

async function openSource(
  staging: Staging,
  importId: string,
  signal?: AbortSignal,
): Promise<AsyncGenerator<FileRow>> {
  const root = await sourceRootOf(staging, importId)
  const { source_path: path, source_kind: kind } = await importRow(staging, importId)
  if (kind === 'upload' || path === null) return walkTree(await uploadTree(root, signal), signal)
  return walkSource(kind, path, root, signal)
}

async function walkSource(
  kind: 'folder' | 'zip' | 'csv',
  path: string,
  root: SourceRoot,
  signal?: AbortSignal,
): Promise<AsyncGenerator<FileRow>> {
  switch (kind) {
    case 'folder':
      return walkTree(folderTree(path, root), signal)
    case 'zip':
      return walkTree(await zipTree(path, root, signal), signal)
    case 'csv':
      return walkCsv(path, root, signal)
  }
}

async function importRow(staging: Staging, importId: string) {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select(['source_path', 'source_kind'])
      .where('id', '=', importId)
      .executeTakeFirst(),
  )
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  return row
}
