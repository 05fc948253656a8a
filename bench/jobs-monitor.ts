import { join } from 'node:path'
import { sql, type Transaction } from 'kysely'
import { connectDatabase, type Database } from '../core/database/connect'
import { migrate } from '../core/database/migrate'
import { openServer } from '../core/database/server'
import type { Tables } from '../core/database/tables'
import { listJobs } from '../core/jobs/list/list-jobs'
import { queueAlarms } from '../core/jobs/monitor/alarms'
import { queueCounts } from '../core/jobs/monitor/counts'
import { failureGroups } from '../core/jobs/monitor/failures'
import { describeJob } from '../core/jobs/monitor/job-detail'
import { queueNow } from '../core/jobs/monitor/now'
import { jobSeries } from '../core/jobs/monitor/series'
import { listWorkers } from '../core/jobs/monitor/workers'
import { describeQueue } from '../core/overview/overview'
import type { Caller } from '../core/model/caller'
import { createEmptyDatabase } from '../tests/factories/database'
import type { Sql } from './database-queries'
import { fillQueue, watcher } from './jobs-monitor-data'

/**
 * What the monitor asks, over a million jobs, as a moderator under the policies: each answer with all of its queries and
 * its transaction. "plain" is what the same question costs over the view public.jobs, as the first screens asked it.
 */
const neededMs = 50
const backlogs = { 'few open': 200, 'a backlog of 100,000': 100_000 } as const
const rounds = { warmUp: 5, measured: 40 }

type Tx = Transaction<Tables>

const asked: Record<string, (tx: Tx) => Promise<unknown>> = {
  now: queueNow,
  counts: queueCounts,
  'overview.queue': describeQueue,
  'series, 15 minutes': (tx) => jobSeries(tx, 15),
  'series, 1 hour': (tx) => jobSeries(tx, 60),
  'series, 6 hours': (tx) => jobSeries(tx, 360),
  'series, 1 day': (tx) => jobSeries(tx, 1440),
  'series, 7 days': (tx) => jobSeries(tx, 10_080),
  'series, 30 days': (tx) => jobSeries(tx, 43_200),
  alarms: (tx) => queueAlarms(tx),
  workers: (tx) => listWorkers(tx),
  failures: (tx) => failureGroups(tx, { dismissed: false }),
  'list, all': (tx) => listJobs(tx, { limit: 100 }),
  'list, failed': (tx) => listJobs(tx, { limit: 100, status: 'failed' }),
  'list, pending': (tx) => listJobs(tx, { limit: 100, status: 'pending' }),
  'list, one reason': (tx) => listJobs(tx, { limit: 100, reason: 'no_face' }),
  'list, one fingerprint': (tx) => listJobs(tx, { limit: 100, fingerprint: 'c4ca4238a0b92382' }),
  'list, one worker': (tx) => listJobs(tx, { limit: 100, worker_id: 'worker-3' }),
  'list, a worker that has none': (tx) => listJobs(tx, { limit: 100, worker_id: 'worker-99' }),
  'list, older than 20 days': (tx) => listJobs(tx, { limit: 100, older_than_minutes: 28_800 }),
  'list, one name': (tx) => listJobs(tx, { limit: 100, search: 'Person 4711' }),
  'list, a name that is nobody’s': (tx) => listJobs(tx, { limit: 100, search: 'Nobody' }),
  'get, one job': async (tx) => {
    const { items } = await listJobs(tx, { limit: 1, status: 'failed' })
    return describeJob(tx, items[0].kind, items[0].id)
  },
}

const plain: Record<string, (tx: Tx) => Promise<unknown>> = {
  counts: (tx) => sql`select status, count(*) from public.jobs group by status`.execute(tx),
  'series, 30 days': (tx) =>
    sql`select date_bin('6 hours', completed_at, '2000-01-01') as at, count(*),
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by completed_at - started_at),
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by started_at - created_at)
      from public.jobs where completed_at > now() - interval '30 days' group by 1`.execute(tx),
  failures: (tx) =>
    sql`select fingerprint, count(*), min(completed_at), max(completed_at) from public.jobs
      where status = 'failed' and dismissed_at is null group by 1`.execute(tx),
}

interface Measured {
  query: string
  backlog: string
  p50: number
  p95: number
  /** p50 of the plain way over p50 of ours. */
  ratio?: number
}

export default async function jobsMonitor({ root, say }: { root: string; say: (line: string) => void }) {
  const measured: Measured[] = []
  let version = ''
  for (const [backlog, pending] of Object.entries(backlogs)) {
    await withQueue(root, pending, say, async (database, caller) => {
      version = await database.asService(async (tx) => {
        const { rows } = await sql<{
          version: string
        }>`select current_setting('server_version') as version`.execute(tx)
        return rows[0].version
      })
      for (const [query, ask] of Object.entries(asked)) {
        const ours = await time(database, caller, ask, rounds.measured)
        const theirs = query in plain ? await time(database, caller, plain[query], 5) : undefined
        const ratio = theirs && { ratio: theirs.p50 / ours.p50 }
        measured.push({ query, backlog, ...ours, ...ratio })
        say(`${backlog}, ${query}: ${ours.p50.toFixed(1)} / ${ours.p95.toFixed(1)} ms`)
      }
    })
  }
  return {
    rows: measured.map(({ query, backlog, p50, p95, ratio }) => ({
      ...{ query, backlog, p50: `${p50.toFixed(1)} ms`, p95: `${p95.toFixed(1)} ms` },
      'plain / ours': ratio?.toFixed(1) ?? '',
      needed: `≤ ${neededMs} ms`,
    })),
    result: { postgres: version, jobs: 1_000_000, rounds: rounds.measured, neededMs, measured },
    passed: measured.every(({ p95 }) => p95 <= neededMs),
  }
}

async function withQueue(
  root: string,
  pending: number,
  say: (line: string) => void,
  work: (database: Database, caller: Caller) => Promise<void>,
): Promise<void> {
  const own = await createEmptyDatabase()
  try {
    await migrate({ url: own.url }, { directory: join(root, 'migrations') })
    say(`filling: a million jobs, ${pending} pending`)
    const caller = await fill(own.url, pending)
    const database = await connectDatabase({ url: own.url })
    try {
      for (let minutes = 1; minutes > 0;) {
        minutes = await database.asService(async (tx) => {
          const { rows } = await sql<{ minutes: number }>`select private.roll_up_jobs() as minutes`.execute(
            tx,
          )
          return rows[0].minutes
        })
      }
      await work(database, caller)
    } finally {
      await database.close()
    }
  } finally {
    await own.drop()
  }
}

async function fill(url: string, pending: number): Promise<Caller> {
  // One connection, since the setting that keeps triggers quiet is a session's.
  const engine = await openServer(url, { connections: 1 })
  const { pool } = engine
  try {
    const query: Sql = async <Row>(text: string, values: readonly unknown[] = []) =>
      (await pool.query({ text, values: [...values] })).rows as Row[]
    await query(`set search_path = public, extensions`)
    const processing = 16
    const size = { people: 12_000, faces: 20_000, pending, processing }
    await fillQueue(query, { ...size, ended: 1_000_000 - pending - processing })
    const [{ id }] = await query<{ id: string }>(watcher)
    return { id, email: null, role: 'authenticated', claims: { sub: id, role: 'authenticated', aal: 'aal2' } }
  } finally {
    await engine.close()
  }
}

async function time(database: Database, caller: Caller, ask: (tx: Tx) => Promise<unknown>, times: number) {
  const taken: number[] = []
  for (let round = 0; round < rounds.warmUp + times; round += 1) {
    const started = performance.now()
    await database.asUser(caller, ask)
    if (round >= rounds.warmUp) taken.push(performance.now() - started)
  }
  const sorted = taken.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]
  return { p50: at(0.5), p95: at(0.95) }
}
