import { buildReference, type ReferenceOf } from '../../database/conformance/reference'
import { openEmbeddedDatabase } from '../../embedded/database'
import { appPaths } from '../paths'

/** What this version's migrations make: they are tried on an empty database in memory. */
export const referenceOf: ReferenceOf = (wanted) => {
  const { migrations, entries } = appPaths()
  const openScratch = () => openEmbeddedDatabase({ entry: entries.databaseWorker })
  return buildReference({ ...wanted, directory: migrations, openScratch })
}
