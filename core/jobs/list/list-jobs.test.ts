import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { completed, createJobRows, failed } from '../../../tests/factories/job-rows'
import { planBulk } from '../bulk/plan'
import { listJobs } from './list-jobs'

// The list as staff sees it. Real: router, database with its rules, Auth and Storage. Jobs are rows as workers leave
// them.

describe.each(await testEngines())('the list of jobs on %s', (engine) => {
  let host: CallerHost
  let curator: TestCaller
  let person: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    curator = await host.signUp('curator', { name: 'Carl' })
    person = await host.signUp('user', { name: 'Anna' })
  })
  afterAll(() => host.close())
  const { run, addJobs, set, clear } = createJobRows(
    () => host,
    () => person.id,
  )
  beforeEach(clear)

  test('the list: filters alone and together, and how many there are', async () => {
    const ids = await addJobs(4)
    await run(`insert into public.celebrities (name, image_path) values ('Star 100%', 's.jpg')`)
    await set(ids[0], failed('aaaa', 'no_face'))
    await set(ids[1], completed(60) + `, job_type = 'user_match'`)
    await set(ids[2], `created_at = now() - interval '2 days', worker_id = 'w9'`)
    const idsOf = async (filter: Parameters<typeof curator.client.jobs.list>[0]) => {
      const { items, total } = await curator.client.jobs.list(filter)
      expect(total).toBe(items.length)
      return items.map(({ id }) => id).toSorted()
    }
    expect(await idsOf({ reason: 'no_face' })).toEqual([ids[0]])
    expect(await idsOf({ job_type: 'user_match' })).toEqual([ids[1]])
    expect(await idsOf({ worker_id: 'w9' })).toEqual([ids[2]])
    expect(await idsOf({ older_than_minutes: 1440 })).toEqual([ids[2]])
    expect(await idsOf({ newer_than_minutes: 30, kind: 'face' })).toEqual([ids[0], ids[3]].toSorted())
    expect(await idsOf({ owner_id: person.id })).toHaveLength(4)
    expect(await idsOf({ owner_id: curator.id })).toEqual([])
    expect(await idsOf({ search: 'ann' })).toHaveLength(4)
    expect(await idsOf({ search: '100%' })).toHaveLength(1)
    expect(await idsOf({ search: '%' })).toHaveLength(1)
    expect(await idsOf({ search: ids[3] })).toEqual([ids[3]])
    expect(await idsOf({ dismissed: true })).toEqual([])
    expect(await idsOf({ status: 'failed', dismissed: false, failed_stage: 'detect' })).toEqual([ids[0]])
    const first = await curator.client.jobs.list({ limit: 2 })
    expect(first).toMatchObject({ total: 5, has_more_than_total: false })
    const second = await curator.client.jobs.list({ limit: 2, cursor: first.next_cursor ?? undefined })
    expect(second.total).toBeNull()
  })

  test('few of many, by worker or by age: nobody reads the whole queue for them', async () => {
    const ids = await addJobs(2000)
    await run(`update public.match_jobs set status = 'completed', worker_id = 'w1'`)
    await set(ids[0], `worker_id = 'w2', created_at = now() - interval '2 days'`)
    await host.database.asOwner((tx) => sql`analyze public.match_jobs`.execute(tx))
    for (const filter of [{ worker_id: 'w2' }, { older_than_minutes: 1440 }]) {
      const reads = await host.database.asService(async (tx) => {
        const soFar = async () => {
          const { rows } = await sql<{ reads: number }>`
            select (seq_tup_read + idx_tup_fetch)::int as reads
            from pg_stat_xact_user_tables where relname = 'match_jobs'`.execute(tx)
          return rows[0].reads
        }
        const before = await soFar()
        expect(await listJobs(tx, { ...filter, limit: 50 })).toMatchObject({ total: 1 })
        const listed = await soFar()
        expect(await planBulk(tx, { action: 'dismiss', selection: { all: filter } }, null)).toMatchObject({
          selected: 1,
        })
        return { list: listed - before, bulk: (await soFar()) - listed }
      })
      expect(reads.list).toBeLessThan(100)
      expect(reads.bulk).toBeLessThan(100)
      expect(reads.bulk).toBeGreaterThan(0)
    }
  })
})
