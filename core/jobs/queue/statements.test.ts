import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../database/connect'
import { createTestDatabase, testEngines, type TestDatabase } from '../../../tests/factories/database'
import { insertPerson } from '../../../tests/factories/people'
import { queueSteps } from '../../../tests/factories/queue-steps'
import { claim, end, endAndClaim, type Claim } from './queue'

// What the migrations of the queue do for a whole statement: plans that are made once, and messages that are sent once.

const person = '00000000-0000-4000-8000-000000000001'

describe.each(await testEngines())('statements of the queue on %s', (engine) => {
  let opened: TestDatabase
  let database: Database
  const heard = { tables: [] as (string | null)[], rows: [] as Announcement[] }
  let stops: (() => Promise<void>)[] = []

  beforeAll(async () => {
    opened = await createTestDatabase(engine)
    database = opened.database
    await insertPerson(database, person)
    stops = [
      await database.listen('semblance_changes', (table) => heard.tables.push(table)),
      await database.listen('semblance_rows', (text) => heard.rows.push(JSON.parse(text!) as Announcement)),
    ]
  })
  afterAll(async () => {
    for (const stop of stops) await stop()
    await opened.close()
  })
  beforeEach(() => database.asService((tx) => tx.deleteFrom('faces').execute()))

  const { queueJobs } = queueSteps(() => database, person)

  /** What is heard of the work, and nothing before it. */
  async function messagesOf(work: () => Promise<unknown>) {
    const mark = async (name: string) => {
      await database.asOwner((tx) => sql`select pg_notify('semblance_changes', ${name})`.execute(tx))
      await vi.waitFor(() => expect(heard.tables).toContain(name), { timeout: 20_000 })
    }
    await mark('before')
    heard.tables = []
    heard.rows = []
    await work()
    await mark('after')
    return { tables: heard.tables.slice(0, -1), rows: heard.rows }
  }
  const run = (text: string) => database.asService((tx) => sql.raw<{ id: string }>(text).execute(tx))
  const idsOf = async () => (await run('select id from match_jobs order by id')).rows.map(({ id }) => id)
  const told = (type: string, id: string, more: object = {}) => ({
    ...{ table: 'match_jobs', type, keys: { id } },
    ...more,
  })

  test('a statement tells of its table once and of each of its rows; one that changes none tells nobody', async () => {
    const added = await messagesOf(() => queueJobs('face', 3))
    const ids = await idsOf()
    expect(new Set(added.tables)).toContain('match_jobs')
    expect(
      added.rows
        .filter(({ table }) => table === 'match_jobs')
        .map(({ keys }) => keys?.id)
        .toSorted(),
    ).toEqual(ids)

    expect(await messagesOf(() => run(`update match_jobs set priority = 1 where status = 'failed'`))).toEqual(
      {
        tables: [],
        rows: [],
      },
    )
    const changed = await messagesOf(() => run('update match_jobs set priority = 1'))
    expect(changed.tables).toEqual(['match_jobs'])
    expect(changed.rows.toSorted(byId)).toEqual(ids.map((id) => told('UPDATE', id)))

    const claimed = await messagesOf(() => database.asService((tx) => claim(tx, once)))
    expect(claimed).toMatchObject({ tables: ['match_jobs'], rows: { length: 3 } })
    expect(await messagesOf(() => database.asService((tx) => claim(tx, once)))).toEqual({
      tables: [],
      rows: [],
    })

    const removed = await messagesOf(() => run('delete from match_jobs'))
    expect(removed.rows.toSorted(byId)).toEqual(ids.map((id) => told('DELETE', id)))
  })

  test('a row whose id was changed is told of by both', async () => {
    await queueJobs('face', 2)
    const [one, other] = await idsOf()
    const { rows } = await messagesOf(() =>
      run(`update match_jobs set priority = 2, id = case id when '${one}' then '${person}' else id end`),
    )
    expect(rows).toHaveLength(3)
    expect(rows).toContainEqual(told('UPDATE', other))
    expect(rows.filter(({ keys }) => keys?.id === person)).toEqual([
      told('UPDATE', person, { old_keys: { id: one } }),
      told('UPDATE', person),
    ])
  })

  test('what ends a batch claims the next; what another has meanwhile is left alone', async () => {
    await queueJobs('face', 5)
    const first = await database.asService((tx) => claim(tx, { ...once, limit: 3 }))
    await run(`update match_jobs set worker_id = 'other' where id = '${first[2].id}'`)
    const ends = first.map((job, place) =>
      place === 0
        ? { as: 'released' as const, job, delaySeconds: 60 }
        : { as: 'completed' as const, job, record },
    )
    const { ended, claimed } = await database.asService((tx) => endAndClaim(tx, ends, { ...once, limit: 10 }))
    expect(Object.fromEntries(ended)).toEqual({ [first[0].id]: 'pending', [first[1].id]: 'completed' })
    expect(claimed).toHaveLength(2)
    expect(claimed[0]).toMatchObject({ kind: 'face', workerId: 'w1', attempt: 1 })
    const { rows } = await run(`select match_job_id as id from job_attempts`)
    expect(rows.map(({ id }) => id)).toEqual([first[1].id])
  })

  test('a plan that was made while the queue was empty reads no more than a batch when it is full', async () => {
    const counters = { reads: 0 }
    // One connection, since a plan is a connection's: in one transaction, which counts its own reads.
    await database.asService(async (tx) => {
      const reads = async () => {
        const { rows } = await sql<{ reads: number }>`
          select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int as reads
          from pg_stat_xact_user_tables where relname in ('match_jobs', 'job_attempts')`.execute(tx)
        return rows[0].reads
      }
      const batch = async () => {
        const jobs = await claim(tx, { ...once, limit: 10 })
        await end(
          tx,
          jobs.map((job) => ({ as: 'completed' as const, job, record })),
        )
        return jobs.length
      }
      for (let round = 0; round < 8; round += 1) expect(await batch()).toBe(0)
      await sql`insert into faces (profile_id, image_path) select ${person}, i::text from generate_series(1, 3000) as i`.execute(
        tx,
      )
      const before = await reads()
      expect(await batch()).toBe(10)
      counters.reads = (await reads()) - before
    })
    expect(counters.reads).toBeLessThan(400)
    expect(counters.reads).toBeGreaterThan(0)
  })
})

type Announcement = { table: string; type: string; keys?: { id: string }; old_keys?: { id: string } }
const byId = (a: Announcement, b: Announcement) => (a.keys!.id < b.keys!.id ? -1 : 1)
const once: Claim = { kind: 'face', workerId: 'w1', limit: 10, leaseSeconds: 60, lost: false }
const record = { pack: null, elapsedMs: 1, stages: {}, log: [] }
