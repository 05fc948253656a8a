import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import type { ServerHealth } from '../../model/status'
import type { SupabaseConfig } from '../connection/connection-config'
import type { Services } from './services'
import { createWatch, type Watch, type WatchOptions } from './watch'

/** How the servers that this host depends on answer; those that are this process itself are not among them. */
export interface HostHealth {
  states(): ServerHealth[]
  close(): void
}

interface HealthParts {
  database: Database
  services: Pick<Services, 'probe'>
  supabase: SupabaseConfig | null
  /** Told when one goes or comes back. */
  onChange: () => void
}

/** Watches the database, where it is a server, and the Supabase project, where there is one. */
export function createHealth({ database, services, supabase, onChange }: HealthParts): HostHealth {
  const watches: Watch[] = []
  const watch = (options: Omit<WatchOptions, 'onChange'>) =>
    watches.push(createWatch({ ...options, onChange }))
  if (database.engine === 'postgres') {
    watch({ id: 'database', location: database.location, probe: () => probeDatabase(database) })
  }
  const { probe } = services
  if (probe && supabase) {
    watch({
      id: 'project',
      location: supabase.url,
      async probe(signal) {
        const finding = await probe(signal)
        return finding.kind === 'ok' ? null : finding.message
      },
    })
  }
  const unsubscribe = database.onOutage(onChange)
  return {
    states: () =>
      watches
        .map((each) => each.status())
        .map((state) => (state.id === 'database' ? asCallsFoundIt(state, database) : state)),
    close() {
      unsubscribe()
      for (const each of watches) each.close()
    },
  }
}

async function probeDatabase(database: Database): Promise<null> {
  await database.asService((tx) => sql`select 1 as ok`.execute(tx))
  return null
}

/** Calls notice an outage, and its end, before the next look does. */
function asCallsFoundIt(state: ServerHealth, database: Database): ServerHealth {
  const outage = database.outage()
  if (outage) {
    const { since, nextTryAt, reason } = outage
    return { ...state, state: 'away', since, nextTry: nextTryAt, message: reason, ms: null }
  }
  if (state.state !== 'away') return state
  return { ...state, state: 'ok', since: new Date(), nextTry: null, message: null }
}
