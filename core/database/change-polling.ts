import { sql } from 'kysely'
import type { Database } from './connect'
import { pause } from './pause'

export interface PollingOptions {
  /** Told of each table that changed, null where any may have. */
  tell: (table: string | null) => void
  /** Told once, as soon as the first look has succeeded: what changes from then on is told. */
  onReady: () => void
  /** Whether somebody else tells already, so that looking seldom suffices. */
  isBacked: () => boolean
  signal: AbortSignal
}

/** Milliseconds between two looks: soon after a change, later where nothing happens. */
const paces = { busyMs: 1_000, quietMs: 2_000, backedMs: 10_000, outageMs: 2_000 }

/**
 * Looks every two seconds which tables were written to, by the counters that PostgreSQL keeps anyway: one query over
 * thirteen rows of memory. The server brings them up to date a second after a write, ten where the writer stays idle.
 * Ends with the signal.
 */
export async function pollChanges(database: Database, options: PollingOptions): Promise<void> {
  const { tell, onReady, isBacked, signal } = options
  let before: Map<string, string> | null = null
  let missed = false
  while (!signal.aborted) {
    let pauseMs = isBacked() ? paces.backedMs : paces.quietMs
    try {
      const now = await readCounters(database)
      if (before === null) onReady()
      // Counters begin anew where the server did, so that a look over an outage tells nothing.
      if (missed) tell(null)
      else {
        const changed = [...now].filter(([table, count]) => before && before.get(table) !== count)
        for (const [table] of changed) tell(table)
        if (changed.length > 0 && !isBacked()) pauseMs = paces.busyMs
      }
      before = now
      missed = false
    } catch {
      missed = before !== null
      pauseMs = paces.outageMs * (1 + Math.random())
    }
    await pause(pauseMs, signal)
  }
}

/** Rows written to each watched table since the server began to count. */
async function readCounters(database: Database): Promise<Map<string, string>> {
  const { rows } = await database.asOwner((tx) =>
    sql<{ name: string; written: string }>`
      select s.relname as name, (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::text as written
      from pg_catalog.pg_stat_user_tables s
      join pg_catalog.pg_trigger t on t.tgrelid = s.relid and t.tgname = 'notify_change'`.execute(tx),
  )
  return new Map(rows.map(({ name, written }) => [name, written]))
}
