import { randomBytes } from 'node:crypto'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../core/database/migrate'
import { openServer } from '../core/database/server'
import { fromVectorText } from '../core/database/tables'
import { factorsOf, scoreOf, type ScoredFace } from '../core/matching/factors'
import { defaultWeights } from '../core/model/weights'
import type { Sql } from './database-queries'
import { createClock, type Clock } from './matching-clock'
import { createPopulation } from './matching-data'
import { againstBruteForce, bareCosine, searches, sqlScore, type Query } from './matching-queries'

/**
 * What a search of the largest scores costs, by the size of the population: within a school and among everybody; against
 * scoring every row in plain SQL; and a score in SQL against a bare cosine and TypeScript. All of them take turns in one
 * run on one server. The vector index is left out: no search reads it. Where the server's process can be looked at (on
 * this machine, under Linux) its processor time stands beside the time that passed: others may be at work here, too.
 */
const sizes = [1_000, 10_000, 100_000]
const needed = { school: 25, everyone: 150, ratio: 3.5, recall: 1 }
const rounds = { warmUp: 3, measured: 40, compared: 10 }

interface Context {
  root: string
  say: (line: string) => void
}

interface Spread {
  p50: number
  p95: number
}

interface Measured {
  people: number
  /** Milliseconds that passed. */
  times: Record<string, Spread>
  /** Milliseconds of the server's processor; null where its process is out of sight. */
  processor: Record<string, Spread> | null
  /** How many processes wanted a processor while this was measured (the load of a minute), and how many there are. */
  load: { processes: number; processors: number }
  /** Of the best twenty that scoring every row finds. */
  recall: Record<string, number>
  /** The same rows: a score in SQL, in units of a bare cosine. */
  ratio: number
  perSecond: { sql: number; cosine: number; typescript: number }
}

export default async function matching({ root, say }: Context) {
  const server = process.env['SEMBLANCE_TEST_DATABASE_URL'] ?? process.env['DATABASE_URL']
  if (!server)
    throw new Error(
      'This benchmark needs a PostgreSQL with pgvector: give a superuser’s URL as DATABASE_URL. It makes a database of its own there and drops it.',
    )
  const name = `semblance_bench_${randomBytes(6).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  const admin = await openServer(server, { connections: 1 })
  await admin.pool.query(`create database ${name} template template0`)
  try {
    await migrate({ url: url.href }, { directory: join(root, 'migrations') })
    const engine = await openServer(url.href, { connections: 1 })
    const client = await engine.pool.connect()
    try {
      const query: Sql = async <Row>(text: string, values?: readonly unknown[]) =>
        (await client.query(values ? { text, values: [...values] } : text)).rows as Row[]
      await query('drop index public.faces_embedding_hnsw_idx')
      const [{ version }] = await query<{ version: string }>(
        `select current_setting('server_version') as version`,
      )
      const [{ pid }] = await query<{ pid: number }>('select pg_backend_pid() as pid')
      const clock = createClock(pid)
      const population = createPopulation(query)
      const measured: Measured[] = []
      for (const people of sizes) {
        await population.fill(people)
        measured.push(await measure(query, clock, people))
        say(describe(measured[measured.length - 1]))
      }
      return summary(version, measured)
    } finally {
      client.release()
      await engine.close()
    }
  } finally {
    await admin.pool.query(`drop database ${name} with (force)`)
    await admin.close()
  }
}

async function measure(query: Sql, clock: Clock, people: number): Promise<Measured> {
  const asked = await query<Query>(
    `select id, owner_school as school, owner_gender as gender from public.faces
     where quality_score >= 0.6 order by md5('asked ' || id) limit $1`,
    [rounds.warmUp + rounds.measured],
  )
  const [times, processor]: Record<string, number[]>[] = [{}, {}]
  for (const [round, face] of asked.entries()) {
    for (const [name, search] of Object.entries(searches)) {
      const spent = await clock(() => search(query, face))
      if (round < rounds.warmUp) continue
      ;(times[name] ??= []).push(spent.passed)
      if (spent.processor !== null) (processor[name] ??= []).push(spent.processor)
    }
  }
  const found: Record<string, number[]> = {}
  for (const face of asked.slice(0, rounds.compared)) {
    for (const [name, recall] of Object.entries(await againstBruteForce(query, face)))
      (found[name] ??= []).push(recall)
  }
  const [sql, cosine] = await scoringTimes(query, clock, asked[0])
  return {
    people,
    times: mapValues(times, spreadOf),
    processor: Object.keys(processor).length > 0 ? mapValues(processor, spreadOf) : null,
    load: { processes: loadavg()[0], processors: availableParallelism() },
    recall: mapValues(found, (all) => all.reduce((sum, one) => sum + one, 0) / all.length),
    ratio: sql / cosine,
    perSecond: {
      sql: (people * 1000) / sql,
      cosine: (people * 1000) / cosine,
      typescript: await typescriptSpeed(query, asked[0]),
    },
  }
}

/** The lower quartiles of scanning every row for its score and for its cosine, in milliseconds of the processor. */
async function scoringTimes(query: Sql, clock: Clock, face: Query): Promise<[sql: number, cosine: number]> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < 12; round += 1) {
    for (const [i, scan] of [sqlScore, bareCosine].entries()) {
      const { passed, processor } = await clock(() => scan(query, face))
      if (round > 1) times[i].push(processor ?? passed)
    }
  }
  const [sql, cosine] = times.map((all) => quantile(all, 0.25))
  return [sql, cosine]
}

/** Scores a second of one thread, over faces as a program holds them. */
async function typescriptSpeed(query: Sql, face: Query): Promise<number> {
  const rows = await query<Omit<ScoredFace, 'embedding'> & { id: string; embedding: string }>(
    `select id, embedding::text, geometry_ratios, age, symmetry_score, skin_tone_lab, expression
     from public.faces where id = $1 or profile_id in (select id from public.profiles order by id limit 500)`,
    [face.id],
  )
  const faces = rows.map((row) => ({ ...row, embedding: Float32Array.from(fromVectorText(row.embedding)) }))
  const probe = faces.find(({ id }) => id === face.id) ?? faces[0]
  let scored = 0
  const [started, used] = [performance.now(), process.cpuUsage()]
  while (performance.now() - started < 500) {
    for (const other of faces) scoreOf(factorsOf(probe, other), defaultWeights)
    scored += faces.length
  }
  const { user, system } = process.cpuUsage(used)
  return (scored * 1e6) / (user + system)
}

function summary(postgres: string, measured: readonly Measured[]) {
  const largest = measured[measured.length - 1]
  const growth = mapValues(largest.times, (_, name) =>
    exponent(
      measured.map(
        ({ people, times, processor }) => [people, (processor?.[name] ?? times[name]).p50] as const,
      ),
    ),
  )
  const rows = Object.keys(largest.times).map((name) => ({
    search: name,
    ...Object.fromEntries(
      measured.flatMap(({ people, times, processor }) => [
        [`${people}: p50 / p95 ms`, spreadWords(times[name])],
        [`${people}: of the processor`, processor ? spreadWords(processor[name]) : ''],
      ]),
    ),
    'grows as N^': growth[name].toFixed(2),
    'found of what scoring all finds': largest.recall[name]?.toFixed(4) ?? '',
  }))
  const ratios = measured.map(({ people, ratio, perSecond }) => ({
    people,
    'score / cosine': ratio,
    'SQL / TypeScript': perSecond.sql / perSecond.typescript,
  }))
  const passed =
    measured.every(({ recall }) => Object.values(recall).every((share) => share >= needed.recall)) &&
    largest.times['school'].p95 <= needed.school &&
    largest.times['everyone'].p95 <= needed.everyone &&
    // Of a row: with a thousand of them the statement itself counts for as much.
    largest.ratio <= needed.ratio
  return { rows, result: { postgres, needed, sizes: measured, growth, ratios }, passed }
}

function describe({ people, times, processor, load, ratio, perSecond, recall }: Measured): string {
  const spreads = Object.entries(times).map(
    ([name, passed]) =>
      `  ${name}: ${spreadWords(passed)} ms${processor ? `, ${spreadWords(processor[name])} of the processor` : ''}`,
  )
  const speeds = Object.entries(perSecond).map(([name, speed]) => `${name} ${Math.round(speed)}/s`)
  const ratios = `a score is ${ratio.toFixed(2)} × a cosine, SQL ${(perSecond.sql / perSecond.typescript).toFixed(2)} × TypeScript`
  return [
    `${people} people, load ${load.processes.toFixed(1)} on ${load.processors} processors`,
    ...spreads,
    `  ${ratios} (${speeds.join(', ')}); found ${JSON.stringify(recall)}`,
  ].join('\n')
}

const spreadWords = ({ p50, p95 }: Spread) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`

/** The exponent b of time = a · N^b, by least squares over logarithms. */
function exponent(points: readonly (readonly [n: number, time: number])[]): number {
  const logs = points.map(([n, time]) => [Math.log(n), Math.log(time)] as const)
  const mean = (i: 0 | 1) => logs.reduce((sum, point) => sum + point[i], 0) / logs.length
  const [meanN, meanTime] = [mean(0), mean(1)]
  const covariance = logs.reduce((sum, [n, time]) => sum + (n - meanN) * (time - meanTime), 0)
  return covariance / logs.reduce((sum, [n]) => sum + (n - meanN) ** 2, 0)
}

function mapValues<From, To>(values: Record<string, From>, map: (value: From, name: string) => To) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]))
}

const spreadOf = (times: number[]): Spread => ({ p50: quantile(times, 0.5), p95: quantile(times, 0.95) })

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
