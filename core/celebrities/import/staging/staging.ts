import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { connectDatabase } from '../../../database/connect'
import { migrate } from '../../../database/migrate'
import { openEmbeddedDatabase } from '../../../embedded/database'
import type { StagingTables } from './staging-tables'

export type StagingTx = Transaction<StagingTables>

/** The staging area of imports: a database and files of this machine alone. Its directory must be held by the caller. */
export interface Staging {
  /** `work` may run again where the engine was lost before it began. No second transaction inside. */
  transaction: <T>(work: (tx: StagingTx) => Promise<T>) => Promise<T>
  /** The folder for an import's own files: uploads, thumbnails, renditions. Made where it is missing. */
  folderOf: (importId: string) => Promise<string>
  close: () => Promise<void>
}

export interface StagingOptions {
  /** Created where it is missing. */
  directory: string
  /** The built database-worker.js. */
  entry: string
  /** The folder with the staging area's migrations. */
  migrations: string
  /** An archive of a database to start from where there is no data yet: making one anew takes seconds. */
  template?: string
  onState?: (state: { state: string; message: string }) => void
}

/**
 * @throws SemblanceError UNAVAILABLE where the data can't be opened; CONFLICT where a newer version of Semblance wrote it
 */
export async function openStaging({
  directory,
  entry,
  migrations,
  template,
  onState,
}: StagingOptions): Promise<Staging> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const engine = await openEmbeddedDatabase({
    entry,
    directory: join(directory, 'database'),
    // It stands beside the host's own database, and an import is to stay below a gigabyte with all of it.
    sharedBuffersMb: 16,
    ...(template === undefined ? {} : { template }),
    ...(onState ? { onState } : {}),
  })
  try {
    await migrate({ engine }, { directory: migrations })
    const database = await connectDatabase({ engine })
    return {
      transaction: (work) => database.asOwner((tx) => work(tx as unknown as StagingTx)),
      folderOf: (importId) => folderIn(directory, importId),
      close: () => engine.close(),
    }
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** Where an import's own files lie. Made where it is missing. */
export async function folderIn(directory: string, importId: string): Promise<string> {
  const folder = join(directory, 'imports', importId)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}
