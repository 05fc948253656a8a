import type { Import } from '../../celebrities/contract-import-schemas'
import { readZipDirectory } from '../../celebrities/import/scan/zip-directory'
import { SemblanceError } from '../../model/errors'
import { modelsNotReady, type PackStatus } from '../../model/status'

/** How an import goes on that was halted; null where its source would only be refused again as it is. */
export async function howToGoOn(halted: Import): Promise<string | null> {
  if (await isRefused(halted)) return null
  return `Nothing is lost. Go on with: semblance import --resume ${halted.id}`
}

/** Whether it is a ZIP that can't be imported, whatever is resumed: cut off, damaged, made to fill disks. */
async function isRefused({ state, source_kind: kind, source_path: path }: Import): Promise<boolean> {
  if (state !== 'scanning' || kind !== 'zip' || path === null) return false
  try {
    await readZipDirectory(path, path)
    return false
  } catch (error) {
    return error instanceof SemblanceError && error.code === 'BAD_REQUEST'
  }
}

/** Whether a problem is none but that models take their time to be loaded, as they do at every start. */
export const isOverSoon = (problem: string, models: PackStatus): boolean =>
  problem.startsWith(modelsNotReady) && models.state !== 'failed'
