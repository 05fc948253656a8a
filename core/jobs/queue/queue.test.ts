import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../database/connect'
import { createTestDatabase, testEngines, type TestDatabase } from '../../../tests/factories/database'
import { insertPerson } from '../../../tests/factories/people'
import { queueSteps } from '../../../tests/factories/queue-steps'
import { complete, counts, fail, heartbeat, hold, openJobs, release, retry, retryFailed } from './queue'

// Real: the database with its migrations and triggers. Time is the database's; leases are moved by hand.

const person = '00000000-0000-4000-8000-000000000001'
const transient = { code: 'internal', message: 'It broke off.', permanent: false, delaySeconds: 60 }

describe.each(await testEngines())('queue on %s', (engine) => {
  let opened: TestDatabase
  let database: Database

  beforeAll(async () => {
    opened = await createTestDatabase(engine)
    database = opened.database
    await insertPerson(database, person)
  })
  afterAll(() => opened.close())
  beforeEach(() =>
    database.asService(async (tx) => {
      await tx.deleteFrom('faces').execute()
      await tx.deleteFrom('celebrities').execute()
    }),
  )

  const { queueJobs, take, rowOf, moveLease } = queueSteps(() => database, person)

  test.each(['face', 'celebrity'] as const)('a %s job: claimed, held, completed', async (kind) => {
    await queueJobs(kind, 1)
    const [job] = await take('w1', { kind })
    expect(job).toMatchObject({ kind, workerId: 'w1', attempt: 1 })
    expect(job.jobType).toBe(kind === 'face' ? 'both' : 'celebrity_match')
    expect(await rowOf(job)).toMatchObject({ status: 'processing', attempts: 1, worker_id: 'w1', kind })
    expect(await take('w2', { kind })).toEqual([])

    await database.asService(async (tx) => {
      expect(await hold(tx, job)).toBe(true)
      expect(await complete(tx, job)).toBe(true)
    })
    const row = await rowOf(job)
    expect(row).toMatchObject({ status: 'completed', lease_until: null, error_code: null })
    expect(row.completed_at).toBeInstanceOf(Date)
    expect(await database.asService((tx) => complete(tx, job))).toBe(false)
    expect(await database.asService(openJobs)).toBe(0)
  })

  test('workers that claim at the same time share nothing and leave nothing', async () => {
    await queueJobs('face', 40)
    const rounds = await Promise.all(
      Array.from({ length: 12 }, (_, worker) => take(`w${worker}`, { limit: 4 })),
    )
    const ids = rounds.flat().map((job) => job.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBe(40)
    expect(rounds.every((jobs) => jobs.length <= 4)).toBe(true)
  })

  test('the oldest comes first, and none before its time', async () => {
    await queueJobs('face', 3)
    const due = [-10, -20, 30]
    const jobs = await database.asService((tx) =>
      tx.selectFrom('match_jobs').select('id').orderBy('id').execute(),
    )
    for (const [i, { id }] of jobs.entries()) {
      await database.asService((tx) =>
        tx
          .updateTable('match_jobs')
          .set({ next_attempt_at: sql<Date>`now() + make_interval(secs => ${due[i]})` })
          .where('id', '=', id)
          .execute(),
      )
    }
    const order = [await take('w1'), await take('w1'), await take('w1')].flat().map((job) => job.id)
    expect(order).toEqual([jobs[1].id, jobs[0].id])
  })

  test('a lease that ran out is taken over, and the earlier holder can write nothing more', async () => {
    await queueJobs('face', 1)
    const [job] = await take('w1')
    await moveLease(job, -1)
    const [again] = await take('w2')
    expect(again).toMatchObject({ id: job.id, workerId: 'w2', attempt: 2 })
    await database.asService(async (tx) => {
      expect(await hold(tx, job)).toBe(false)
      expect(await complete(tx, job)).toBe(false)
      expect(await fail(tx, job, transient)).toBeNull()
      expect(await release(tx, job)).toBe(false)
      expect(await heartbeat(tx, [job, again], 60)).toEqual(new Set([again.id]))
    })
    expect(await rowOf(job)).toMatchObject({ status: 'processing', worker_id: 'w2', attempts: 2 })
  })

  test('even the same worker, once it has claimed anew, is another holder', async () => {
    await queueJobs('face', 1)
    const [job] = await take('w1')
    await moveLease(job, -1)
    await take('w1')
    expect(await database.asService((tx) => complete(tx, job))).toBe(false)
  })

  test('a heartbeat keeps the lease', async () => {
    await queueJobs('face', 1)
    await queueJobs('celebrity', 1)
    const jobs = [...(await take('w1', { leaseSeconds: 5 })), ...(await take('w1', { kind: 'celebrity' }))]
    const held = await database.asService((tx) => heartbeat(tx, jobs, 600))
    expect(held).toEqual(new Set(jobs.map((job) => job.id)))
    for (const job of jobs) {
      const { lease_until } = await rowOf(job)
      expect(lease_until!.getTime() - Date.now()).toBeGreaterThan(500_000)
    }
  })

  test('a passing failure waits and is tried again until its attempts are used up', async () => {
    await queueJobs('face', 1)
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [job] = await take('w1')
      const status = await database.asService((tx) => fail(tx, job, transient))
      expect(status).toBe(attempt < 3 ? 'pending' : 'failed')
      const row = await rowOf(job)
      expect(row).toMatchObject({ attempts: attempt, error_code: 'internal', error_message: 'It broke off.' })
      if (attempt === 3) expect(row.completed_at).toBeInstanceOf(Date)
      else expect(row.next_attempt_at.getTime() - Date.now()).toBeGreaterThan(50_000)
      expect(await take('w1')).toEqual([])
      await database.asService((tx) =>
        tx
          .updateTable('match_jobs')
          .set({ next_attempt_at: sql<Date>`now()` })
          .execute(),
      )
    }
    expect(await take('w1')).toEqual([])
  })

  test('a permanent failure fails at once', async () => {
    await queueJobs('celebrity', 1)
    const [job] = await take('w1', { kind: 'celebrity' })
    const failure = { code: 'no_face', message: 'No face.', permanent: true, delaySeconds: 0 }
    expect(await database.asService((tx) => fail(tx, job, failure))).toBe('failed')
    expect(await rowOf(job)).toMatchObject({ status: 'failed', attempts: 1, error_code: 'no_face' })
    expect(await take('w1', { kind: 'celebrity' })).toEqual([])
  })

  test('what is released counts as not tried', async () => {
    await queueJobs('face', 1)
    const [job] = await take('w1')
    expect(await database.asService((tx) => release(tx, job))).toBe(true)
    expect(await rowOf(job)).toMatchObject({
      status: 'pending',
      attempts: 0,
      worker_id: null,
      started_at: null,
    })
    expect(await take('w2')).toMatchObject([{ id: job.id, attempt: 1 }])
  })

  test('only failed jobs are retried, with all their attempts', async () => {
    await queueJobs('face', 2)
    await queueJobs('celebrity', 1)
    const failure = { code: 'no_face', message: 'No face.', permanent: true, delaySeconds: 0 }
    const jobs = [...(await take('w1', { limit: 2 })), ...(await take('w1', { kind: 'celebrity' }))]
    await expect(database.asService((tx) => retry(tx, 'face', jobs[0].id))).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { status: 'processing' },
    })
    await expect(database.asService((tx) => retry(tx, 'celebrity', jobs[0].id))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await database.asService(async (tx) => {
      for (const job of jobs) await fail(tx, job, failure)
      expect(await counts(tx)).toEqual({ pending: 0, processing: 0, completed: 0, failed: 3 })
      await retry(tx, 'face', jobs[0].id)
      expect(await counts(tx)).toMatchObject({ pending: 1, failed: 2 })
      expect(await retryFailed(tx)).toBe(2)
      expect(await counts(tx)).toMatchObject({ pending: 3, failed: 0 })
    })
    expect(await rowOf(jobs[0])).toMatchObject({ attempts: 0, error_code: null, completed_at: null })
  })

  test('a job goes with its face', async () => {
    await queueJobs('face', 1)
    const [job] = await take('w1')
    await database.asService((tx) => tx.deleteFrom('faces').execute())
    expect(await database.asService((tx) => hold(tx, job))).toBe(false)
    expect(await database.asService((tx) => fail(tx, job, transient))).toBeNull()
  })
})
