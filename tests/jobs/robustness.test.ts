import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildProgram, type BuiltProgram, type Child } from '../factories/child'
import { clusterPrograms, startCluster } from '../factories/cluster'
import { createMigratedDatabase, postgresAvailable } from '../factories/database'
import { openJobRun, type JobRun } from '../factories/job-runs'
import { startProxy } from '../factories/proxy'
import type { WorkerProgramOptions } from '../fixtures/worker-program'

// Real: processes, kill -9, PostgreSQL and its restart, the network, the worker. Invented: photos and what they show.

const available = await postgresAvailable()
const programs = available ? await clusterPrograms() : null
const eventually = (check: () => unknown, timeout = 30_000) => vi.waitFor(check, { timeout, interval: 100 })

describe.skipIf(!available)('a worker in a process of its own', { timeout: 90_000 }, () => {
  let program: BuiltProgram
  let run: JobRun
  let drop: () => Promise<void>
  beforeAll(async () => {
    program = await buildProgram('worker-program.ts')
  })
  afterAll(() => program?.remove())
  beforeEach(async () => {
    const migrated = await createMigratedDatabase()
    drop = migrated.drop
    run = await openJobRun(migrated.url, program)
  })
  afterEach(async () => {
    await run?.close()
    await drop?.()
  })

  const untilDone = (jobs: number) =>
    eventually(async () => expect(await run.statuses()).toEqual({ completed: jobs }), 60_000)
  const untilSome = (jobs: number) =>
    eventually(async () => expect((await run.statuses()).completed ?? 0).toBeGreaterThan(jobs))
  const untilExit = (child: Child) => eventually(() => expect(child.process.exitCode).not.toBeNull())

  test('gives back what it has when it is asked to end', async () => {
    await run.addPhotos(60)
    const child = run.start('w1', { analysisMs: 3000, concurrency: 3 })
    await eventually(async () => expect((await run.statuses()).processing).toBeGreaterThan(2))
    child.process.kill('SIGTERM')
    await untilExit(child)
    expect(await run.statuses()).toEqual({ pending: 60 })
    const rows = await run.query('select from match_jobs where attempts <> 0 or lease_until is not null')
    expect(rows).toEqual([])
    // Those that had begun say so; those that waited for a place had no attempt.
    const attempts = await run.query<{ outcome: string }>('select outcome from job_attempts')
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['released', 'released', 'released'])
    expect(await run.query('select state from workers')).toEqual([{ state: 'stopped' }])
  })

  test('takes up its own jobs at once after kill -9, whatever their lease', async () => {
    await run.addPhotos(8)
    const first = run.start('w1', { analysisMs: 20_000, leaseSeconds: 600 })
    const begun = 'select from match_jobs where started_at is not null'
    await eventually(async () => expect(await run.query(begun)).toHaveLength(2))
    expect((await run.statuses()).processing).toBeGreaterThan(2)
    await first.kill9()
    const second = run.start('w1', { leaseSeconds: 600, drainPatienceMs: 20_000 })
    expect(await second.says('drained')).toBe('')
    expect(await run.faults()).toEqual([])
    // The two that it was at; those that waited for a place had no attempt.
    const attempts = 'select attempts from match_jobs where attempts > 1'
    expect(await run.query(attempts)).toEqual([{ attempts: 2 }, { attempts: 2 }])
    expect(await run.query(`select from job_attempts where outcome = 'worker_lost'`)).toHaveLength(2)
  })

  test('comes through a network that is cut again and again', async () => {
    await run.addPhotos(200)
    const proxy = await startProxy(run.url)
    try {
      run.start('w1', { analysisMs: 10, leaseSeconds: 5 }, proxy.urlThrough)
      for (let cuts = 0; cuts < 4; cuts += 1) {
        await untilSome(cuts * 20)
        proxy.cut()
      }
      await proxy.refuse()
      await sleep(1500)
      await proxy.heal()
      await untilDone(200)
      expect(await run.faults()).toEqual([])
    } finally {
      await proxy.close()
    }
  })

  test('minds no clock that is ten minutes ahead, and says so', async () => {
    await run.addPhotos(60)
    run.start('ahead', { analysisMs: 60, leaseSeconds: 10, clockMinutes: 10 })
    run.start('behind', { analysisMs: 60, leaseSeconds: 10, clockMinutes: -10 })
    await untilDone(60)
    expect(await run.faults()).toEqual([])
    expect(await run.query(`select from job_attempts where outcome <> 'completed'`)).toEqual([])
    expect(await run.query('select from match_jobs where attempts <> 1')).toEqual([])
    const within = await run.query(
      `select from job_attempts where started_at between now() - interval '2 min' and now() and ended_at <= now()
        and (log -> 0 ->> 'at')::timestamptz between now() - interval '2 min' and now() + interval '5 s'`,
    )
    expect(within.length).toBeGreaterThan(50)
    const offsets = await run.query<{ id: string; minutes: number }>(
      'select id, round(clock_offset_ms / 60000) as minutes from workers order by id',
    )
    expect(offsets).toEqual([
      { id: 'ahead', minutes: 10 },
      { id: 'behind', minutes: -10 },
    ])
  })

  test.each(['errors', 'full'] as const)(
    'gives up draining where Storage is away for ever: %s',
    async (storage) => {
      await run.addPhotos(5)
      const child = run.start('w1', { storage, drainPatienceMs: 4000 })
      expect(await child.says('gave up:')).toMatch(
        storage === 'full' ? /^The disk of this machine is full/ : /^Storage does not answer: 503/,
      )
      expect(await run.statuses()).toEqual({ pending: 5 })
      expect(await run.query('select from match_jobs where attempts <> 0')).toEqual([])
      expect(
        (await run.query(`select from job_attempts where outcome = 'postponed'`)).length,
      ).toBeGreaterThan(0)
      const next = run.start('w1', { drainPatienceMs: 60_000 })
      await run.query('update match_jobs set next_attempt_at = now()')
      await next.says('drained')
      expect(await run.faults()).toEqual([])
    },
  )

  test('leaves a photo alone that took it down twice, and does the others', async () => {
    await run.addPhotos(1, { name: 'poison' })
    await run.addPhotos(20)
    await run.query(`update match_jobs set created_at = now() - interval '1 day', next_attempt_at = now() - interval '1 day'
      where face_id in (select id from faces where image_path like 'poison%')`)
    for (let life = 0; life < 2; life += 1) await untilExitByPoison()
    const last = run.start('w1', { concurrency: 1, poison: 'poison', drainPatienceMs: 20_000 })
    await last.says('drained')
    expect(await run.statuses()).toEqual({ completed: 20, failed: 1 })
    expect(
      await run.query(`select error_code, lost_workers from match_jobs where status = 'failed'`),
    ).toEqual([{ error_code: 'quarantined', lost_workers: 2 }])
  })

  test('blames the photo that took it down, and none of those that it was at meanwhile', async () => {
    await run.addPhotos(1, { name: 'poison' })
    await run.addPhotos(2)
    await untilExitByPoison({ concurrency: 3, analysisMs: 60_000, poisonBeside: 2 })
    await run.addPhotos(18)
    await untilExitByPoison({ concurrency: 3 })
    const last = run.start('w1', {
      concurrency: 3,
      analysisMs: 10,
      poison: 'poison',
      drainPatienceMs: 20_000,
    })
    await last.says('drained')
    expect(await run.statuses()).toEqual({ completed: 20, failed: 1 })
    // All three of the first life, and of the second the one that was tried alone.
    const lost = `select count(*)::int as times from job_attempts where outcome = 'worker_lost'
      group by match_job_id order by 1`
    expect(await run.query(lost)).toEqual([{ times: 1 }, { times: 1 }, { times: 2 }])
    expect(
      await run.query(`select j.error_code, f.image_path from match_jobs j join faces f on f.id = j.face_id
      where j.status = 'failed'`),
    ).toMatchObject([{ error_code: 'quarantined', image_path: expect.stringMatching(/^poison/) as string }])
  })

  async function untilExitByPoison(options: WorkerProgramOptions = { concurrency: 1 }): Promise<void> {
    const child = run.start('w1', { ...options, poison: 'poison' })
    await eventually(() => expect(child.process.signalCode).toBe('SIGKILL'))
  }

  test('shares the queue with a copy of its machine, once it goes by another name', async () => {
    await run.addPhotos(60)
    run.start('w1', { analysisMs: 50 })
    await untilSome(4)
    run.start('w1', { analysisMs: 50 })
    await untilDone(60)
    expect(await run.faults()).toEqual([])
    await eventually(async () => {
      const workers = await run.query<{ id: string }>('select id from workers order by id')
      expect(workers).toEqual([{ id: 'w1' }, { id: expect.stringMatching(/^w1-[0-9a-f]{8}$/) as string }])
    })
    // What the first was at when the other one began, and no more.
    const lost = await run.query(`select from job_attempts where outcome = 'worker_lost'`)
    expect(lost.length).toBeLessThanOrEqual(2)
  })

  test('obeys what stands in its row: pause, resume, drain', async () => {
    await run.addPhotos(300)
    const child = run.start('w1', { analysisMs: 20 })
    const stateOf = async () =>
      (
        await run.query<{ state: string; instruction: string | null }>(
          'select state, instruction from workers',
        )
      )[0]
    const tell = (instruction: string) =>
      run.query('update workers set instruction = $1, instructed_at = now()', [instruction])
    await untilSome(5)
    await tell('pause')
    await eventually(async () => expect(await stateOf()).toEqual({ state: 'paused', instruction: null }))
    await eventually(async () => expect((await run.statuses()).processing).toBeUndefined())
    const before = await run.statuses()
    await sleep(1000)
    expect(await run.statuses()).toEqual(before)
    await tell('resume')
    await untilSome(before.completed + 5)
    await tell('drain')
    await child.says('dismissed')
    expect(await stateOf()).toEqual({ state: 'stopped', instruction: null })
    const { pending = 0, processing = 0 } = await run.statuses()
    expect(processing).toBe(0)
    expect(pending).toBeGreaterThan(0)
  })
})

describe.skipIf(!programs)('a worker whose database restarts', { timeout: 120_000 }, () => {
  test.each(['fast', 'immediate'] as const)('goes on by itself: %s', async (mode) => {
    const program = await buildProgram('worker-program.ts')
    const cluster = await startCluster(programs as string)
    const run = await openJobRun(cluster.url, program)
    try {
      await run.addPhotos(150)
      run.start('w1', { analysisMs: 20, leaseSeconds: 5 })
      run.start('w2', { analysisMs: 20, leaseSeconds: 5 })
      await eventually(async () => expect((await run.statuses()).completed ?? 0).toBeGreaterThan(20))
      await cluster.stop(mode)
      await sleep(1000)
      await cluster.start()
      await eventually(async () => expect(await run.statuses()).toEqual({ completed: 150 }), 60_000)
      expect(await run.faults()).toEqual([])
    } finally {
      await run.close()
      await cluster.remove()
      program.remove()
    }
  })
})
