import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { sql, type Transaction } from 'kysely'
import { listCelebrities, type CatalogueQuery } from '../core/celebrities/catalogue'
import { readCoverage } from '../core/celebrities/curation/coverage'
import { exportCsv } from '../core/celebrities/curation/export-csv'
import { readFacets } from '../core/celebrities/curation/facets'
import { listPoor } from '../core/celebrities/curation/outliers'
import { similarTo } from '../core/celebrities/curation/similar'
import { createDoors, type Doors } from '../core/database/as-user'
import { migrate } from '../core/database/migrate'
import { openServer } from '../core/database/server'
import type { Tables } from '../core/database/tables'
import type { Caller } from '../core/model/caller'
import { createEmptyDatabase } from '../tests/factories/database'
import { fillGallery, filters, watcher } from './catalogue-data'
import type { Sql } from './database-queries'
import { createClock, type Clock } from './matching-clock'

/**
 * What the catalogue asks, over 20,000 celebrities, as a moderator under the policies: each answer with all of its
 * queries and its transaction. A list is asked for by every filter in every order, its first page (which counts), its
 * last one by place and the one that follows in the middle. "plain" is what the same rows cost where every question
 * reads the table. The server's processor time stands beside the time that passed: others may be at work here, too.
 */
const size = { celebrities: 20_000, people: 10_000 }
const needed = { list: 50, whole: 100 }
const rounds = { warmUp: 3, measured: 20 }
const limit = 60

type Tx = Transaction<Tables>
type Ask = (tx: Tx) => Promise<unknown>

const sorts = ['name', 'newest', 'quality', 'age'] as const

const wholes: Record<string, Ask> = {
  facets: readFacets,
  coverage: readCoverage,
  'outliers, bad photos': (tx) => listPoor(tx, { kind: 'quality', limit }),
  similar: async (tx) => {
    const { items } = await listCelebrities(tx, { sort: 'quality', limit: 1 })
    return similarTo(tx, items[0].id, 12)
  },
  'CSV, a piece of 1,000': (tx) => exportCsv(tx, { filter: {} }),
}

const everybody =
  (conditions: ReturnType<typeof sql>, order = sql`lower(name)`) =>
  (tx: Tx) =>
    sql`select *, count(*) over () as total from public.celebrities
    where ${conditions} order by ${order}, id limit ${limit}`.execute(tx)
const plain: Record<string, Ask> = {
  'no filter by name': everybody(sql`true`),
  'search, some by name': everybody(
    sql`(name ilike '%corda%' or name_original ilike '%corda%' or bio ilike '%corda%')`,
  ),
  'skin tone by name': everybody(sql`extensions.skin_tone_name(skin_tone) = 'tan' and embedding is not null`),
  'without source by name': everybody(sql`coalesce(source, '') = ''`),
  'state failed by name': everybody(sql`(
    select status from public.celebrity_jobs as j where j.celebrity_id = celebrities.id order by created_at desc limit 1
  ) = 'failed'`),
  facets: async (tx) => {
    for (const column of ['category', 'licence', 'embedding_model', 'expression'])
      await sql`select ${sql.ref(column)}, count(*) from public.celebrities group by 1`.execute(tx)
    for (const column of ['bio', 'category', 'gender', 'licence', 'source'])
      await sql`select count(*) from public.celebrities where coalesce(${sql.ref(column)}, '') = ''`.execute(
        tx,
      )
  },
}

interface Spread {
  p50: number
  p95: number
}

interface Measured {
  query: string
  place: string
  passed: Spread
  /** Null where the server's process is out of sight. */
  processor: Spread | null
  limit: number
  /** p50 of the plain way over ours, of the processor where that is in sight. */
  ratio?: number
}

export default async function catalogue({ root, say }: { root: string; say: (line: string) => void }) {
  const own = await createEmptyDatabase()
  try {
    await migrate({ url: own.url }, { directory: join(root, 'migrations') })
    const engine = await openServer(own.url, { connections: 1 })
    const { pool, health } = engine
    try {
      const query: Sql = async <Row>(text: string, values: readonly unknown[] = []) =>
        (await pool.query({ text, values: [...values] })).rows as Row[]
      say(`filling: ${size.celebrities} celebrities, ${size.people} people`)
      await fillGallery(query, size)
      await query('vacuum analyze')
      const [{ id, pid, version }] = await query<{ id: string; pid: number; version: string }>(
        `select (${watcher}) as id, pg_backend_pid() as pid, current_setting('server_version') as version`,
      )
      const claims = { sub: id, role: 'authenticated', aal: 'aal2' }
      const caller: Caller = { id, email: null, role: 'authenticated', claims }
      const asked = { doors: createDoors({ pool, health, callers: pool }), caller, clock: createClock(pid) }
      const measured = [...(await measureLists(asked, say)), ...(await measureWholes(asked, say))]
      return summary(version, measured)
    } finally {
      await engine.close()
    }
  } finally {
    await own.drop()
  }
}

interface Asked {
  doors: Doors
  caller: Caller
  clock: Clock
}

async function measureLists(asked: Asked, say: (line: string) => void): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const [name, filter] of Object.entries(filters)) {
    for (const sort of sorts) {
      const query = `${name} by ${sort}`
      const list = (more: Partial<CatalogueQuery>) => (tx: Tx) =>
        listCelebrities(tx, { ...filter, sort, limit, ...more })
      const { total } = await asked.doors.asUser(asked.caller, list({}))
      const middle = await asked.doors.asUser(asked.caller, list({ offset: Math.floor(total / 2) }))
      const places: Record<string, Ask> = {
        first: list({}),
        last: list({ offset: Math.max(0, total - limit) }),
        next: list({ cursor: middle.next_cursor ?? undefined }),
      }
      for (const [place, ask] of Object.entries(places)) {
        const spent = await time(asked, ask)
        measured.push({
          query,
          place,
          limit: needed.list,
          ...spent,
          ...(await ratioOf(asked, query, place, spent)),
        })
      }
    }
    say(
      describe(
        name,
        measured.filter(({ query }) => query.startsWith(`${name} by`)),
      ),
    )
  }
  return measured
}

async function measureWholes(asked: Asked, say: (line: string) => void): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const [query, ask] of Object.entries(wholes)) {
    const spent = await time(asked, ask)
    measured.push({
      query,
      place: '',
      limit: needed.whole,
      ...spent,
      ...(await ratioOf(asked, query, 'first', spent)),
    })
    say(describe(query, measured.slice(-1)))
  }
  return measured
}

type Spent = Pick<Measured, 'passed' | 'processor'>

async function ratioOf(asked: Asked, query: string, place: string, ours: Spent): Promise<{ ratio?: number }> {
  if (place !== 'first' || !(query in plain)) return {}
  const theirs = await time(asked, plain[query])
  return { ratio: (theirs.processor ?? theirs.passed).p50 / (ours.processor ?? ours.passed).p50 }
}

async function time({ doors, caller, clock }: Asked, ask: Ask): Promise<Spent> {
  const [passed, processor]: number[][] = [[], []]
  for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
    const spent = await clock(() => doors.asUser(caller, ask))
    if (round < rounds.warmUp) continue
    passed.push(spent.passed)
    if (spent.processor !== null) processor.push(spent.processor)
  }
  return { passed: spreadOf(passed), processor: processor.length > 0 ? spreadOf(processor) : null }
}

function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]
  return { p50: at(0.5), p95: at(0.95) }
}

/** The slowest of them. */
const worst = (of: readonly Measured[]) => of.reduce((a, b) => (b.passed.p95 > a.passed.p95 ? b : a))

const words = ({ p50, p95 }: Spread) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`

function describe(name: string, of: readonly Measured[]): string {
  const { query, place, passed, processor } = worst(of)
  const own = processor ? `, ${words(processor)} of the processor` : ''
  return `${name}: ${words(passed)} ms${own} (${[query, place].filter(Boolean).join(', ')})`
}

function summary(postgres: string, measured: readonly Measured[]) {
  const row = (name: string, of: readonly Measured[]) => {
    const { query, place, passed, processor, limit: most } = worst(of)
    const ratio = of.find((one) => one.ratio !== undefined)?.ratio
    return {
      query: name,
      'slowest at': name === query ? '' : [query.slice(name.length + 1), place].join(', '),
      'p50 / p95 ms': words(passed),
      'of the processor': processor ? words(processor) : '',
      'plain / ours': ratio?.toFixed(1) ?? '',
      needed: `≤ ${most} ms`,
    }
  }
  const lists = Object.keys(filters).map((name) =>
    row(
      name,
      measured.filter(({ query }) => query.startsWith(`${name} by`)),
    ),
  )
  const rest = Object.keys(wholes).map((name) =>
    row(
      name,
      measured.filter(({ query }) => query === name),
    ),
  )
  const load = { processes: loadavg()[0], processors: availableParallelism() }
  return {
    rows: [...lists, ...rest],
    result: { postgres, ...size, rounds: rounds.measured, needed, load, measured },
    passed: measured.every(({ passed, limit: most }) => passed.p95 <= most),
  }
}
