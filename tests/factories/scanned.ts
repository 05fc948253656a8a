import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createImport, type NewImport } from '../../core/celebrities/import/source/create'
import { scanImport } from '../../core/celebrities/import/scan/scan'
import { createStaging, type TestStaging } from './staging'

export interface Scanner {
  staging: TestStaging
  /** A folder of its own that goes with `close`, with these files by their paths; a text of one letter is given none. */
  folderOf: (files: Record<string, string | Uint8Array>) => Promise<string>
  /** Scans a path, or the import of an id. */
  scan: (source: string | { id: string }, given?: NewImport) => Promise<ScannedFile[]>
  close: () => Promise<void>
}

export type ScannedFile = Awaited<ReturnType<typeof readFiles>>[number]

/** A staging area, and folders to scan. */
export async function openScanner(): Promise<Scanner> {
  const staging = await createStaging()
  const folders: string[] = []
  return {
    staging,
    async folderOf(files) {
      const folder = await mkdtemp(join(tmpdir(), 'semblance-source-'))
      folders.push(folder)
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), content)
      }
      return folder
    },
    async scan(source, given = {}) {
      const id =
        typeof source === 'string' ? await createImport(staging, { path: source, ...given }, null) : source.id
      await scanImport(staging, id)
      return readFiles(staging, id)
    },
    async close() {
      await staging.close()
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
    },
  }
}

export function readFiles(staging: TestStaging, id: string) {
  return staging.transaction((tx) =>
    tx.selectFrom('files').selectAll().where('import_id', '=', id).orderBy('id').execute(),
  )
}
