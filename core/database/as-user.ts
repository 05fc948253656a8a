import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, type Transaction } from 'kysely'
import pg, { type Pool } from 'pg'
import type { Caller } from '../model/caller'
import type { Engine } from './engine'
import { isOutage } from './outage'
import { guardPool, type GuardOptions } from './pool'
import type { Tables } from './tables'
import { createDialect } from './transactions'

export type Work<T> = (tx: Transaction<Tables>) => Promise<T>

/**
 * The only door to the tables: each is one transaction, in which PostgreSQL takes the query for the caller's.
 *
 * Where the transaction loses to another (serialization failure, deadlock), `work` runs again, up to three times: it
 * must do nothing outside of the transaction that can't be done twice. Where a connection turns out to be dead before
 * `work` began, another is taken. Inside of `work` no second transaction can be opened; hand `tx` down instead.
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
/** A server that has not begun a transaction by then is taken for dead. */
const beginMs = 10_000
/** After so long without an answer, somebody looks whether the server is still there. */
const slowMs = 5_000
/** How long a caller waits for one answer: a little longer than what the server gives their login for it. */
const callerAnswerMs = 35_000

/** The asynchronous call that stands inside of a transaction, whose it is and whether it is still open. */
const surroundings = new AsyncLocalStorage<{ open: boolean; identity: Identity }>()

export function createDoors(
  engine: Pick<Engine, 'pool' | 'health'> & { callers: Pick<Pool, 'connect'> },
): Doors {
  const { health } = engine
  const guards = health && { beginMs, slowMs, onSlow: () => void health.check().catch(() => undefined) }
  const open = (pool: Pick<Pool, 'connect'>, limits?: GuardOptions) =>
    new Kysely<Tables>({ dialect: createDialect(guardPool(pool, limits), opening) })
  const own = open(engine.pool, guards)
  const callers = open(engine.callers, guards && { ...guards, answerMs: callerAnswerMs })

  async function run<T>(kysely: Kysely<Tables>, identity: Identity, work: Work<T>): Promise<T> {
    if (surroundings.getStore()?.open) {
      throw new Error(
        'A transaction inside of a transaction: the embedded database has one connection. Hand tx down.',
      )
    }
    for (let attempt = 1; ; attempt += 1) {
      if (health?.outage()) await health.admit()
      let begun = false
      try {
        return await once(kysely, identity, (tx) => {
          begun = true
          return work(tx)
        })
      } catch (error) {
        if (lostToAnother(error) && attempt < attempts) await sleep(attempt * (10 + Math.random() * 40))
        else if (health && isOutage(error)) {
          const checked = health.check()
          checked.catch(() => undefined)
          if (begun || isBusy(error)) throw error
          // Nothing was done yet: where the server is there, another connection does.
          await checked
          if (attempt === attempts) throw error
        } else throw error
      }
    }
  }

  return {
    asUser: ({ role, claims }, work) => run(callers, { role, claims }, work),
    asAnonymous: (work) => run(callers, anonymous, work),
    asService: (work) => run(own, service, work),
    asOwner: (work) => run(own, owner, work),
  }
}

function once<T>(kysely: Kysely<Tables>, identity: Identity, work: Work<T>): Promise<T> {
  const place = { open: true, identity }
  return surroundings.run(place, async () => {
    try {
      return await kysely.transaction().execute(work)
    } finally {
      place.open = false
    }
  })
}

/**
 * All of it vanishes at the transaction's end. The path is the same on every server: extensions stand in their schema,
 * and temporary tables, which another transaction of the same connection may have left, come last. As
 * literals, since a message of several statements takes no parameters, and by SET, which is cheaper than set_config.
 */
function opening(): string {
  const place = surroundings.getStore()
  if (!place) throw new Error('A transaction begins outside of a door.')
  const { role, claims } = place.identity
  return `set local search_path = public, extensions, pg_temp;
    set local "request.jwt.claims" = ${pg.escapeLiteral(JSON.stringify(claims))};
    set local role ${role}`
}

/** The pool has no connection free, which another attempt would wait for once more. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.name === 'SemblanceError'
}

/** serialization_failure, deadlock_detected. */
function lostToAnother(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01')
}
