import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import type { Caller } from '../../model/caller'
import type { Identity } from '../gateway'

/** The topic whose members are online, by the data model. */
export const onlineTopic = 'realtime:presence-global'

/** Notes when people were there last. */
export interface LastSeen {
  /** Somebody has left; `others` are those who still are on the topic. */
  left(topic: string, identity: Identity, others: Iterable<{ readonly identity: Identity }>): void
  /** Resolves once all is written. */
  settled(): Promise<void>
}

/** Writes `profiles.last_seen` as the person themselves, when the last of their connections leaves the online topic. */
export function createLastSeen(database: Database, onError: (error: unknown) => void): LastSeen {
  const writing = new Set<Promise<void>>()

  async function write(caller: Caller): Promise<void> {
    try {
      await database.asUser(caller, (tx) =>
        tx
          .updateTable('profiles')
          .set({ last_seen: sql`now()` })
          .where('id', '=', caller.id)
          .execute(),
      )
    } catch (error) {
      onError(error)
    }
  }

  return {
    left(topic, identity, others) {
      if (topic !== onlineTopic || identity.role !== 'authenticated') return
      const { caller } = identity
      for (const other of others) {
        if (other.identity.role === 'authenticated' && other.identity.caller.id === caller.id) return
      }
      const written = write(caller).finally(() => writing.delete(written))
      writing.add(written)
    },
    async settled() {
      await Promise.all(writing)
    },
  }
}
