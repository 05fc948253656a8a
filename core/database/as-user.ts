import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import type { Pool } from 'pg'
import type { Caller } from '../model/caller'
import { guardPool } from './pool'
import type { Tables } from './tables'

export type Work<T> = (tx: Transaction<Tables>) => Promise<T>

/**
 * The only door to the tables: each is one transaction, in which PostgreSQL takes the query for the caller's.
 *
 * Where the transaction loses to another (serialization failure, deadlock), `work` runs again, up to three times: it
 * must do nothing outside of the transaction that can't be done twice. Inside of `work` no second transaction can be
 * opened; hand `tx` down instead.
 */
export interface Doors {
  /** As the person whose token was verified: row-level security decides. */
  asUser<T>(caller: Caller, work: Work<T>): Promise<T>
  /** As somebody who is not signed in. */
  asAnonymous<T>(work: Work<T>): Promise<T>
  /** As the host itself, past row-level security: the worker, and duties that are nobody's own. */
  asService<T>(work: Work<T>): Promise<T>
  /** As the owner of the schema: what the embedded Auth and Storage keep, and the database's own state. */
  asOwner<T>(work: Work<T>): Promise<T>
}

interface Identity {
  role: 'authenticated' | 'anon' | 'service_role' | 'none'
  claims: Record<string, unknown>
}

const anonymous: Identity = { role: 'anon', claims: { role: 'anon' } }
const service: Identity = { role: 'service_role', claims: { role: 'service_role' } }
const owner: Identity = { role: 'none', claims: {} }

const attempts = 4

/** Whether this asynchronous call stands inside of a transaction that is still open. */
const surroundings = new AsyncLocalStorage<{ open: boolean }>()

export function createDoors(pool: Pool): Doors {
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guardPool(pool) }) })

  async function run<T>(identity: Identity, work: Work<T>): Promise<T> {
    if (surroundings.getStore()?.open) {
      throw new Error(
        'A transaction inside of a transaction: the embedded database has one connection. Hand tx down.',
      )
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(identity, work)
      } catch (error) {
        if (attempt === attempts || !lostToAnother(error)) throw error
        await sleep(attempt * (10 + Math.random() * 40))
      }
    }
  }

  function once<T>(identity: Identity, work: Work<T>): Promise<T> {
    const place = { open: true }
    return surroundings.run(place, async () => {
      try {
        return await kysely.transaction().execute(async (tx) => {
          await become(tx, identity)
          return work(tx)
        })
      } finally {
        place.open = false
      }
    })
  }

  return {
    asUser: ({ role, claims }, work) => run({ role, claims }, work),
    asAnonymous: (work) => run(anonymous, work),
    asService: (work) => run(service, work),
    asOwner: (work) => run(owner, work),
  }
}

/** All three vanish at the transaction's end. The path is the same on every server: extensions stand in their schema. */
async function become(tx: Transaction<Tables>, { role, claims }: Identity): Promise<void> {
  await sql`select
    set_config('search_path', 'public, extensions', true),
    set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
    set_config('role', ${role}, true)`.execute(tx)
}

/** serialization_failure, deadlock_detected. */
function lostToAnother(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01')
}
