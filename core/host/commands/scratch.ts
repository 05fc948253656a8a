import { type EmbeddedDatabase, openEmbeddedDatabase } from '../../embedded/database'
import { appPaths } from '../paths'

/** An empty database in memory, on which the migrations are tried. */
export function openScratch(): Promise<EmbeddedDatabase> {
  return openEmbeddedDatabase({ entry: appPaths().entries.databaseWorker })
}
