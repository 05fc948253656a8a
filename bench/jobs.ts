import { join } from 'node:path'
import pg from 'pg'
import { connectDatabase } from '../core/database/connect'
import { migrate } from '../core/database/migrate'
import { buildProgram } from '../tests/factories/child'
import { workThrough } from '../tests/factories/claim-loop'
import { clusterPrograms, startCluster } from '../tests/factories/cluster'
import { openJobRun } from '../tests/factories/job-runs'
import { runChaos } from '../tests/jobs/chaos'
import { measureGraphileWorker, measurePgBoss } from './jobs-others'

/**
 * The queue: how many jobs one worker claims and completes in batches of ten, with the line of each attempt, on a
 * PostgreSQL whose commits are durable; eight processes on 100,000 jobs; pg-boss and graphile-worker in the same run; and
 * workers that are killed while they work. The server is one of its own, with the programs of the server for tests, as
 * initdb makes it.
 */
const needed = { perSecond: 8000, duplicates: 0 }
const batch = 10

interface Context {
  root: string
  say: (line: string) => void
  isFull: boolean
}

export default async function jobs({ root, say, isFull }: Context) {
  const programs = await clusterPrograms()
  if (!programs)
    throw new Error('This benchmark needs the programs of a PostgreSQL with pgvector on this machine.')
  const cluster = await startCluster(programs)
  try {
    const durability = await settingsOf(cluster.url)
    say(
      `PostgreSQL ${durability.version}, fsync ${durability.fsync}, synchronous_commit ${durability.synchronousCommit}`,
    )
    const oneWorker = await measureOneWorker(await database(cluster.url, 'semblance', root), say)
    const eight = await measureEight(await database(cluster.url, 'eight', root), say)
    const pgBoss = await measurePgBoss(await database(cluster.url, 'pg_boss', null), batch)
    say(`pg-boss: ${pgBoss.perSecond} jobs/s`)
    const graphile = await measureGraphileWorker(await database(cluster.url, 'graphile', null), batch)
    say(`graphile-worker: ${graphile.perSecond} jobs/s`)
    const chaos = await measureChaos(await database(cluster.url, 'chaos', null), isFull, say)
    return summary({ durability, oneWorker, eight, pgBoss, graphile, chaos })
  } finally {
    await cluster.remove()
  }
}

type Measured = {
  durability: Awaited<ReturnType<typeof settingsOf>>
  oneWorker: Awaited<ReturnType<typeof measureOneWorker>>
  eight: Awaited<ReturnType<typeof measureEight>>
  pgBoss: { jobs: number; perSecond: number }
  graphile: { jobs: number; perSecond: number }
  chaos: Awaited<ReturnType<typeof measureChaos>>
}

function summary({ durability, oneWorker, eight, pgBoss, graphile, chaos }: Measured) {
  const best = Math.max(...oneWorker.map(({ perSecond }) => perSecond))
  const rows = [
    ...oneWorker.map(({ lanes, perSecond, jobs }) => ({
      what: `Semblance, one worker, batches of ${batch}, ${lanes} at a time`,
      ...{ jobs, 'jobs/s': perSecond, note: 'with the line of each attempt' },
    })),
    {
      what: 'Semblance, 8 processes',
      jobs: eight.jobs,
      'jobs/s': eight.perSecond,
      note: `${eight.duplicates} duplicates`,
    },
    { what: `pg-boss 10.4.2, batches of ${batch}`, jobs: pgBoss.jobs, 'jobs/s': pgBoss.perSecond, note: '' },
    {
      what: 'graphile-worker 0.16.6',
      jobs: graphile.jobs,
      'jobs/s': graphile.perSecond,
      note: `${batch} at a time`,
    },
    {
      what: `chaos: 8 processes, ${chaos.kills} killed`,
      ...{ jobs: chaos.jobs, 'jobs/s': Math.round(chaos.jobs / chaos.seconds) },
      note:
        chaos.faults.length === 0
          ? `all done once; ${chaos.lost} attempts lost`
          : chaos.faults.slice(0, 3).join('; '),
    },
  ]
  const passed =
    best >= needed.perSecond && eight.duplicates === needed.duplicates && chaos.faults.length === 0
  return { rows, passed, result: { needed, durability, oneWorker, eight, pgBoss, graphile, chaos } }
}

/** A new database; migrated where a root says from where. */
async function database(server: string, name: string, root: string | null): Promise<string> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const url = server.replace(/[^/]*$/, name)
  if (root) await migrate({ url }, { directory: join(root, 'migrations') })
  return url
}

async function settingsOf(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ version: string; fsync: string; synchronousCommit: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as "synchronousCommit"`,
  )
  await client.end()
  return rows[0]
}

/** Photos with a job each, of people whose default photo is analysed, as it is where most photos are. */
async function addJobs(url: string, from: number, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const id = (prefix: string) => `md5('${prefix}' || i)::uuid`
  const series = `generate_series(${from + 1}, ${from + count}) as i`
  await client.query(`
    set session_replication_role = replica;
    insert into faces (id, profile_id, image_path, embedding)
      select md5('analysed')::uuid, md5('person1')::uuid, 'x', array_fill(0.0442, array[512])::extensions.vector
      on conflict do nothing;
    insert into profiles (id, profile_type, name, default_face_id)
      select ${id('person')}, 'user', 'P', md5('analysed')::uuid from ${series};
    insert into faces (id, profile_id, image_path) select ${id('face')}, ${id('person')}, i::text from ${series};
    insert into match_jobs (face_id, user_id) select ${id('face')}, ${id('person')} from ${series};
    set session_replication_role = origin`)
  await client.query('vacuum analyze match_jobs, faces, profiles')
  await client.end()
}

/** The best of three, since what else the machine does only ever takes away. */
async function measureOneWorker(url: string, say: Context['say']) {
  const count = 20_000
  const results: { lanes: number; jobs: number; perSecond: number }[] = []
  let from = 0
  for (const lanes of [1, 2, 4]) {
    let perSecond = 0
    for (let round = 0; round < 3; round += 1) {
      await addJobs(url, from, count)
      from += count
      const database = await connectDatabase({ url })
      const { done, ms } = await workThrough(database, { workerId: 'bench', batch, lanes })
      await database.close()
      if (done !== count) throw new Error(`${done} of ${count} jobs were done.`)
      perSecond = Math.max(perSecond, Math.round((done / ms) * 1000))
    }
    say(`one worker, ${lanes} batches at a time: ${perSecond} jobs/s`)
    results.push({ lanes, jobs: count, perSecond })
  }
  return results
}

async function measureEight(url: string, say: Context['say']) {
  const count = 100_000
  await addJobs(url, 0, count)
  const program = await buildProgram('claim-program.ts')
  const began = performance.now()
  const children = Array.from({ length: 8 }, (_, index) =>
    program.start([url, `worker-${index}`, String(batch), '1']),
  )
  const said = await Promise.all(children.map((child) => child.says('done')))
  const ms = performance.now() - began
  program.remove()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ duplicates: number; done: number }>(
    `select (select count(*)::int from (select from job_attempts group by match_job_id having count(*) > 1) as twice)
       + (select count(*)::int from match_jobs where attempts <> 1) as duplicates,
       (select count(*)::int from match_jobs where status = 'completed') as done`,
  )
  await client.end()
  if (rows[0].done !== count) throw new Error(`${rows[0].done} of ${count} jobs were done.`)
  const shares = said.map((text) => (JSON.parse(text) as { done: number }).done)
  const perSecond = Math.round((count / ms) * 1000)
  say(`8 processes: ${perSecond} jobs/s, ${rows[0].duplicates} duplicates, shares ${shares.join(' ')}`)
  return { jobs: count, perSecond, duplicates: rows[0].duplicates, shares }
}

async function measureChaos(url: string, isFull: boolean, say: Context['say']) {
  const program = await buildProgram('worker-program.ts')
  const run = await openJobRun(url, program)
  try {
    const jobs = isFull ? 5000 : 1000
    const kills = isFull ? 60 : 12
    await run.addPhotos(jobs)
    say(`chaos: ${jobs} jobs, one of 8 processes killed every second, ${kills} times`)
    const result = await runChaos(run, {
      workers: 8,
      everyMs: 1000,
      kills,
      analysisMs: 100,
      limitMs: 300_000,
    })
    return { jobs, ...result }
  } finally {
    await run.close()
    program.remove()
  }
}
