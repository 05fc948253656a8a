import type { Engine } from '../../core/database/engine'
import { migrate } from '../../core/database/migrate'
import { openServer } from '../../core/database/server'
import { createEmptyDatabase, migrationsDirectory, openTestEngine } from './database'

/** A freshly migrated database as an engine, for what looks at catalogues rather than at rows. */
export async function openMigrated(
  kind: Engine['kind'],
): Promise<{ engine: Engine; close: () => Promise<void> }> {
  const { engine, close } = await openEmpty(kind)
  await migrate({ engine }, { directory: migrationsDirectory })
  return { engine, close }
}

/** A database as an engine, with nothing in it. */
export async function openEmpty(
  kind: Engine['kind'],
): Promise<{ engine: Engine; close: () => Promise<void> }> {
  if (kind === 'pglite') {
    const engine = await openTestEngine()
    return { engine, close: () => engine.close() }
  }
  const empty = await createEmptyDatabase()
  const engine = await openServer(empty.url)
  return { engine, close: () => engine.close().then(() => empty.drop()) }
}
