import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely'
import { createDoors, type Doors } from '../core/database/as-user'
import type { Engine } from '../core/database/engine'
import { migrate } from '../core/database/migrate'
import { openServer } from '../core/database/server'
import type { Tables } from '../core/database/tables'
import type { Caller } from '../core/model/caller'
import { fillDatabase } from './database-data'
import { liveFeed, matchesOfFaces, oneSetting, type QueryDefinition, type Sql } from './database-queries'

/**
 * What it costs that the database decides: a caller's transaction against a bare one of the query builder, and row-level
 * security against the service role, which passes by it. Both sides take turns on one connection: with one each, where
 * the system happens to run the two server processes decides more than what they do. What else the machine does only ever
 * adds, so it is the lower quartiles that are compared.
 */
const needed = { transaction: 1.5, security: 1.3 }
const size = { people: 12_000, faces: 20_000, matches: 100_000 }
/** The first ones have Node compile what runs often, and the server fill its caches. */
const rounds = { warmUp: 1_500, measured: 1_000 }

interface Context {
  root: string
  say: (line: string) => void
}

type Attempt = () => Promise<unknown>

export default async function database({ root, say }: Context) {
  const server = process.env['SEMBLANCE_TEST_DATABASE_URL'] ?? process.env['DATABASE_URL']
  if (!server)
    throw new Error(
      'This benchmark needs a PostgreSQL with pgvector: give a superuser’s URL as DATABASE_URL. It makes a database of its own there and drops it.',
    )
  const own = await createDatabase(server)
  try {
    await migrate({ url: own.url }, { directory: join(root, 'migrations') })
    const engine = await openServer(own.url, { connections: 2 })
    const { pool, health } = engine
    const doors = createDoors({ pool, health, callers: pool })
    try {
      const query: Sql = async <Row>(text: string, values: readonly unknown[] = []) =>
        (await pool.query({ text, values: [...values] })).rows as Row[]
      say(`filling: ${size.people} people, ${size.faces} faces, ${size.matches} matches`)
      const { staff, person } = await fillDatabase(query, size)
      const faces = await query<{ id: string }>('select id from public.faces where profile_id = $1', [person])
      const [{ matches, version }] = await query<{ matches: number; version: string }>(
        `select count(*)::int as matches, current_setting('server_version') as version from public.matches`,
      )
      const transaction = await transactionCost(engine, doors, callerOf(person), say)
      const details = matchesOfFaces(faces.map(({ id }) => id))
      const feed = await securityCost('live feed, staff', doors, callerOf(staff), liveFeed, say)
      const own = await securityCost('own matches, person', doors, callerOf(person), details, say)
      return summary({ transaction, feed, own, matches, version })
    } finally {
      await engine.close()
    }
  } finally {
    await own.drop()
  }
}

interface Comparison {
  /** Lower quartiles in milliseconds. */
  base: number
  guarded: number
  ratio: number
}

interface Measured {
  transaction: Comparison
  feed: Comparison
  own: Comparison
  matches: number
  version: string
}

function summary({ transaction, feed, own, matches, version }: Measured) {
  const row = (measure: string, { base, guarded, ratio }: Comparison, limit?: number) => ({
    measure,
    without: `${base.toFixed(3)} ms`,
    with: `${guarded.toFixed(3)} ms`,
    ratio: ratio.toFixed(2),
    needed: limit ? `≤ ${limit}` : 'small, so no limit',
  })
  return {
    rows: [
      row('transaction as the user, against a bare one', transaction, needed.transaction),
      row('row-level security, live feed as staff', feed, needed.security),
      row('row-level security, own matches as the person', own),
    ],
    result: {
      postgres: version,
      ...size,
      matches,
      rounds: rounds.measured,
      transaction,
      feed,
      own_matches: own,
    },
    passed: transaction.ratio <= needed.transaction && feed.ratio <= needed.security,
  }
}

/** The door against a transaction of the query builder alone: the same query between begin and commit. */
function transactionCost({ pool }: Engine, doors: Doors, caller: Caller, say: Context['say']) {
  const bare = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return compare(
    'transaction',
    () => bare.transaction().execute((tx) => runIn(tx, oneSetting)),
    () => doors.asUser(caller, (tx) => runIn(tx, oneSetting)),
    say,
  )
}

async function securityCost(
  name: string,
  doors: Doors,
  caller: Caller,
  query: QueryDefinition,
  say: Context['say'],
): Promise<Comparison> {
  const asService = () => doors.asService((tx) => runIn(tx, query))
  const asCaller = () => doors.asUser(caller, (tx) => runIn(tx, query))
  const [expected, seen] = [await asService(), await asCaller()]
  if (expected.length === 0 || seen.length !== expected.length)
    throw new Error(`${name}: ${seen.length} rows under the policies, ${expected.length} without.`)
  return compare(name, asService, asCaller, say)
}

async function runIn(tx: Transaction<Tables>, { text, values }: QueryDefinition): Promise<unknown[]> {
  return (await tx.executeQuery(CompiledQuery.raw(text, [...values]))).rows
}

/** Both in turns; who is first changes with every round. */
async function compare(
  name: string,
  base: Attempt,
  guarded: Attempt,
  say: Context['say'],
): Promise<Comparison> {
  const times = { base: [] as number[], guarded: [] as number[] }
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    const turns = round % 2 === 0 ? (['base', 'guarded'] as const) : (['guarded', 'base'] as const)
    for (const turn of turns) {
      const started = performance.now()
      await (turn === 'base' ? base() : guarded())
      if (round >= rounds.warmUp) times[turn].push(performance.now() - started)
    }
  }
  const [without, within] = [lowerQuartile(times.base), lowerQuartile(times.guarded)]
  say(`${name}: ${without.toFixed(3)} ms, ${within.toFixed(3)} ms`)
  return { base: without, guarded: within, ratio: within / without }
}

const lowerQuartile = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 4)]

const callerOf = (id: string): Caller => ({
  ...{ id, email: null, role: 'authenticated' },
  claims: {
    ...{ iss: 'http://127.0.0.1/auth/v1', sub: id, aud: 'authenticated', role: 'authenticated', aal: 'aal2' },
    ...{
      email: 'somebody@example.edu',
      phone: '',
      is_anonymous: false,
      exp: 1_900_000_000,
      iat: 1_800_000_000,
    },
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { name: 'Somebody' },
    amr: [{ method: 'password', timestamp: 1_800_000_000 }],
    session_id: '00000000-0000-4000-8000-000000000000',
  },
})

/** A database of this run's own. */
async function createDatabase(server: string): Promise<{ url: string; drop: () => Promise<unknown> }> {
  const name = `semblance_bench_${randomBytes(6).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await onServer(server, `create database ${name} template template0`)
  return { url: url.href, drop: () => onServer(server, `drop database ${name} with (force)`) }
}

async function onServer(url: string, statement: string): Promise<void> {
  const engine = await openServer(url, { connections: 2 })
  try {
    await engine.pool.query(statement)
  } finally {
    await engine.close()
  }
}
