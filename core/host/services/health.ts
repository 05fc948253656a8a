import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import type { ServerHealth } from '../../model/status'
import { lacksAuth } from '../../supabase/project'
import type { SupabaseConfig } from '../connection/connection-config'
import type { Services } from './services'
import { createWatch, type Watch, type WatchOptions } from './watch'

/** How the servers that this host depends on answer; those that are this process itself are not among them. */
export interface HostHealth {
  states(): ServerHealth[]
  /**
   * Whether nobody answers who could renew a session. It is looked at anew: where somebody did when asked last, before the
   * answer; else meanwhile, since a network that swallows what is sent would hold up every call.
   */
  authAway(): Promise<boolean>
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
  const watch = (options: Omit<WatchOptions, 'onChange'>) => {
    const made = createWatch({ ...options, onChange })
    watches.push(made)
    return made
  }
  let isAuthAway = false
  let project: Watch | undefined
  if (database.engine === 'postgres') {
    watch({ id: 'database', location: database.location, probe: () => probeDatabase(database) })
  }
  const { probe } = services
  if (probe && supabase) {
    project = watch({
      id: 'project',
      location: supabase.url,
      async probe(signal) {
        const finding = await probe(signal)
        isAuthAway = lacksAuth(finding)
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
    async authAway() {
      const look = project?.look()
      if (!isAuthAway) await look
      return isAuthAway
    },
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
