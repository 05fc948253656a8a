import { sql } from 'kysely'
import { SemblanceError } from '../model/errors'
import type { DatabaseStatus } from '../model/status'
import type { Database } from './connect'

/**
 * How the database is. `latency_ms` is one query's way there and back, without waiting for others that run.
 *
 * @throws SemblanceError UNAVAILABLE where it gives no rows: an embedded database may break without an error
 */
export async function databaseStatus(database: Database): Promise<DatabaseStatus> {
  return database.asOwner(async (tx) => {
    const started = performance.now()
    const { rows: answer } = await sql<{ ok: number }>`select 1 as ok`.execute(tx)
    const latency = performance.now() - started
    const { rows } = await sql<Omit<DatabaseStatus, 'engine' | 'location' | 'latency_ms'>>`
      select
        current_setting('server_version') as version,
        coalesce((select extversion from pg_catalog.pg_extension where extname = 'vector'), '') as vector_version,
        coalesce((select max(name) from semblance.migrations), '') as migration,
        pg_database_size(current_database())::float8 as size_bytes`.execute(tx)
    if (answer[0]?.ok !== 1 || !rows[0]) {
      throw new SemblanceError('UNAVAILABLE', 'The database answers without rows. Restart Semblance.')
    }
    return {
      ...rows[0],
      engine: database.engine,
      location: database.location,
      latency_ms: Math.round(latency * 100) / 100,
    }
  })
}
