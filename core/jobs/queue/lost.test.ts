import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../database/connect'
import { createTestDatabase, testEngines, type TestDatabase } from '../../../tests/factories/database'
import { insertPerson } from '../../../tests/factories/people'
import { queueSteps } from '../../../tests/factories/queue-steps'
import { begin, complete, expireLeases, openJobs, retry } from './queue'

// Real: the database with its migrations and triggers. Time is the database's; leases are moved by hand.

const person = '00000000-0000-4000-8000-000000000001'

describe.each(await testEngines())('jobs whose worker is lost, on %s', (engine) => {
  let opened: TestDatabase
  let database: Database

  beforeAll(async () => {
    opened = await createTestDatabase(engine)
    database = opened.database
    await insertPerson(database, person)
  })
  afterAll(() => opened.close())
  beforeEach(() => database.asService((tx) => tx.deleteFrom('faces').execute()))

  const { queueJobs, take, rowOf, moveLease } = queueSteps(() => database, person)

  test('a job whose worker is lost in its last attempt fails', async () => {
    await queueJobs('face', 1)
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [job] = await take(`w${attempt}`, { quarantineAfter: 9 })
      expect(job).toMatchObject({ attempt, lostWorkers: attempt - 1 })
      await moveLease(job, -1)
    }
    expect(await take('w4', { quarantineAfter: 9 })).toEqual([])
    const [row] = await database.asService((tx) => tx.selectFrom('match_jobs').selectAll().execute())
    expect(row).toMatchObject({ status: 'failed', error_code: 'worker_lost', attempts: 3, lease_until: null })
    expect(row.completed_at).toBeInstanceOf(Date)
    const attempts = await database.asService((tx) =>
      tx.selectFrom('job_attempts').selectAll().orderBy('attempt').execute(),
    )
    expect(attempts.map(({ attempt, outcome, worker_id }) => [attempt, outcome, worker_id])).toEqual([
      [1, 'worker_lost', 'w1'],
      [2, 'worker_lost', 'w2'],
      [3, 'worker_lost', 'w3'],
    ])
  })

  test('a job that takes down a second worker is left alone until a person wants it again', async () => {
    await queueJobs('face', 1)
    for (const worker of ['w1', 'w2']) await moveLease((await take(worker))[0], -1)
    expect(await take('w3')).toEqual([])
    const [row] = await database.asService((tx) => tx.selectFrom('match_jobs').selectAll().execute())
    expect(row).toMatchObject({ status: 'failed', error_code: 'quarantined', attempts: 2, lost_workers: 2 })
    expect(row.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    await database.asService((tx) => retry(tx, 'face', row.id))
    expect(await take('w3')).toMatchObject([{ attempt: 1, lostWorkers: 0 }])
  })

  test('a job that was claimed ahead and never began is as if it had not been claimed', async () => {
    await queueJobs('face', 1)
    for (const worker of ['w1', 'w2', 'w3', 'w4']) {
      const [job] = await take(worker, { ahead: true })
      expect(job).toMatchObject({ attempt: 1, lostWorkers: 0 })
      expect(await rowOf(job)).toMatchObject({ status: 'processing', started_at: null })
      await moveLease(job, -1)
    }
    const [job] = await take('w5', { ahead: true })
    expect(await database.asService((tx) => begin(tx, { ...job, workerId: 'w4' }))).toBe(false)
    expect(await database.asService((tx) => begin(tx, job))).toBe(true)
    expect((await rowOf(job)).started_at).toBeInstanceOf(Date)
    await moveLease(job, -1)
    expect(await take('w6')).toMatchObject([{ attempt: 2, lostWorkers: 1 }])
    const attempts = await database.asService((tx) => tx.selectFrom('job_attempts').selectAll().execute())
    expect(attempts).toMatchObject([{ attempt: 1, outcome: 'worker_lost', worker_id: 'w5' }])
  })

  test("another client's work is left alone, whatever its age", async () => {
    await queueJobs('face', 2)
    const [theirs] = await database.asService((tx) =>
      tx.selectFrom('match_jobs').select('id').limit(1).execute(),
    )
    await database.asService((tx) =>
      tx
        .updateTable('match_jobs')
        .set({ status: 'processing', attempts: 1, started_at: '2020-01-01' })
        .where('id', '=', theirs.id)
        .execute(),
    )
    const mine = await take('w1', { limit: 10 })
    expect(mine.map((job) => job.id)).not.toContain(theirs.id)
    expect(mine).toHaveLength(1)
    await database.asService((tx) => complete(tx, mine[0]))
    expect(await database.asService(openJobs)).toBe(0)
  })

  test("another client's work counts as lost after the minutes that a setting says", async () => {
    await queueJobs('face', 3)
    const began = [sql`now() - interval '31 minutes'`, sql`now() - interval '29 minutes'`, sql`null`]
    const jobs = await database.asService((tx) =>
      tx.selectFrom('match_jobs').select('id').orderBy('id').execute(),
    )
    for (const [i, { id }] of jobs.entries()) {
      await database.asService((tx) =>
        sql`update public.match_jobs set status = 'processing', attempts = 1, started_at = ${began[i]}
          where id = ${id}`.execute(tx),
      )
    }
    expect(await take('w1', { limit: 10 })).toEqual([])
    const taken = await take('w1', { limit: 10, foreignStaleMinutes: 30 })
    expect(taken).toMatchObject([{ id: jobs[0].id, attempt: 2, lostWorkers: 1 }])
    expect(await take('w1', { limit: 10, foreignStaleMinutes: 30 })).toEqual([])
  })

  test("an earlier life's jobs are free at once, others' are not", async () => {
    await queueJobs('face', 2)
    const [mine] = await take('w1')
    await take('w2')
    await database.asService((tx) => expireLeases(tx, 'w1'))
    expect(await take('w1', { limit: 5 })).toMatchObject([{ id: mine.id, attempt: 2 }])
  })
})
