import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../factories/child'
import type { JobRun } from '../factories/job-runs'

export interface ChaosOptions {
  workers: number
  /** One of them is killed every so many milliseconds, and another started in its place. */
  everyMs: number
  kills: number
  analysisMs: number
  /** Given up after so many milliseconds. */
  limitMs: number
}

export interface ChaosResult {
  seconds: number
  kills: number
  /** Attempts whose worker was killed. */
  lost: number
  faults: string[]
}

/** Jobs that each worker is at. */
const concurrency = 2
/** A job that was begun may meet more than one killer here; the others lose nothing by them. */
const patience = 10

/** Workers that are killed without warning while they work. */
export async function runChaos(run: JobRun, options: ChaosOptions): Promise<ChaosResult> {
  const { workers, everyMs, kills, analysisMs, limitMs } = options
  const start = (index: number, life: number): Child =>
    // Every other one comes back under the name of the dead and takes up its jobs; the others leave theirs to the lease.
    run.start(index % 2 === 0 ? `worker-${index}` : `worker-${index}-${life}`, {
      ...{ concurrency, analysisMs, leaseSeconds: 3, quarantineAfter: patience },
    })
  await run.query('update match_jobs set max_attempts = $1', [patience])
  const began = performance.now()
  const alive = Array.from({ length: workers }, (_, index) => start(index, 0))
  let killed = 0
  for (; killed < kills; killed += 1) {
    await sleep(everyMs)
    const index = Math.floor(Math.random() * workers)
    await alive[index].kill9()
    alive[index] = start(index, killed + 1)
  }
  while (performance.now() - began < limitMs) {
    const { pending = 0, processing = 0 } = await run.statuses()
    if (pending + processing === 0) break
    await sleep(100)
  }
  const seconds = (performance.now() - began) / 1000
  for (const child of alive) await child.kill9()
  const [{ lost }] = await run.query<{ lost: number }>(
    `select count(*)::int as lost from job_attempts where outcome = 'worker_lost'`,
  )
  return { seconds, kills: killed, lost, faults: await run.faults() }
}
