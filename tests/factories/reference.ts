import { buildReference, type Reference, type ReferenceOf } from '../../core/database/conformance/reference'
import { migrationHashes } from '../../core/database/migrate'
import { migrationsDirectory as directory, openTestEngine } from './database'

const built = new Map<string, Promise<Reference>>()

/** What the migrations make, tried once a file for each kind of database that asks: that takes seconds. */
export const referenceOf: ReferenceOf = async ({ upTo, like }) => {
  const last = upTo ?? [...(await migrationHashes(directory)).keys()].at(-1) ?? ''
  const key = `${last} ${(like?.publications ?? []).length > 0}`
  const known = built.get(key) ?? buildReference({ directory, openScratch: openTestEngine, upTo: last, like })
  built.set(key, known)
  return known
}
