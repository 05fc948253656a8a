import { Logger, run as runGraphileWorker, runMigrations } from 'graphile-worker'
import pg from 'pg'
import PgBoss from 'pg-boss'

/** What others make of jobs that do nothing, each by its fastest documented way of taking several. */
interface Speed {
  jobs: number
  perSecond: number
}

/** Fetches and completes in batches, one after the other. */
export async function measurePgBoss(url: string, batch: number): Promise<Speed> {
  const jobs = 10_000
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 4 })
  await boss.start()
  await boss.createQueue('photos')
  for (let from = 0; from < jobs; from += 1000) {
    await boss.insert(Array.from({ length: 1000 }, (_, i) => ({ name: 'photos', data: { face: from + i } })))
  }
  const began = performance.now()
  let done = 0
  for (;;) {
    const claimed = await boss.fetch('photos', { batchSize: batch })
    if (claimed.length === 0) break
    await boss.complete(
      'photos',
      claimed.map(({ id }) => id),
    )
    done += claimed.length
  }
  const ms = performance.now() - began
  await boss.stop({ graceful: false })
  if (done !== jobs) throw new Error(`pg-boss did ${done} of ${jobs} jobs.`)
  return { jobs, perSecond: Math.round((done / ms) * 1000) }
}

/** Takes jobs one by one, `concurrency` at a time: it has no batches. */
export async function measureGraphileWorker(url: string, concurrency: number): Promise<Speed> {
  const jobs = 5_000
  const logger = new Logger(() => () => undefined)
  await runMigrations({ connectionString: url, logger })
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `select graphile_worker.add_job('photo', json_build_object('face', i)) from generate_series(1, $1::int) as i`,
    [jobs],
  )
  await client.end()
  let done = 0
  const began = performance.now()
  let finish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const runner = await runGraphileWorker({
    connectionString: url,
    logger,
    concurrency,
    noHandleSignals: true,
    taskList: {
      photo() {
        done += 1
        if (done === jobs) finish()
      },
    },
  })
  await finished
  const ms = performance.now() - began
  await runner.stop()
  return { jobs, perSecond: Math.round((done / ms) * 1000) }
}
