import { keptObjects, madeObjects } from '../adoption/journal'
import type { Source } from '../engine'
import { type MigrationStatus, migrationStatus, withClient } from '../migrate'
import { readCatalogue } from './catalogue'
import { checkConformance, type Conformance } from './check'
import { liveOf } from './compare'
import type { ReferenceOf } from './reference'

export interface DatabaseCheck {
  migrations: MigrationStatus
  conformance: Conformance
}

export interface CheckOptions {
  /** Where the migrations lie. */
  directory: string
  referenceOf: ReferenceOf
}

/**
 * Holds a live database against the documented data model and against what our migrations add: those that it has, or
 * all where it has none. Changes nothing.
 */
export async function checkDatabase(
  source: Source,
  { directory, referenceOf }: CheckOptions,
): Promise<DatabaseCheck> {
  const migrations = await migrationStatus(source, { directory })
  return withClient(source, async (client) => {
    const catalogue = await readCatalogue(client, ['public.system_settings', 'storage.buckets'])
    const isOlder = migrations.current !== null && migrations.unknown.length === 0
    const reference = await referenceOf({
      like: catalogue,
      ...(isOlder ? { upTo: migrations.current ?? '' } : {}),
    })
    const kept = await keptObjects(client)
    const made = await madeObjects(client)
    return { migrations, conformance: checkConformance(liveOf(catalogue), reference, kept, made) }
  })
}
