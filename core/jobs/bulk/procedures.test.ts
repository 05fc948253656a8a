import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import type { Bulk } from '../contract-bulk'
import { runToEnd } from './run'

// Bulk actions from plan to undo. Real: router, database with its rules, Auth. Nobody works on the queue meanwhile.

describe.each(await testEngines())('bulk actions on %s', (engine) => {
  let host: CallerHost
  let curator: TestCaller
  let other: TestCaller
  let person: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    curator = await host.signUp('curator', { name: 'Carl' })
    other = await host.signUp('curator')
    person = await host.signUp('user', { name: 'Anna' })
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await run('delete from public.faces; delete from public.celebrities; delete from public.job_bulks')
  })

  const run = (text: string) => host.database.asService((tx) => sql.raw(text).execute(tx))

  async function addJobs(count: number, columns = ''): Promise<string[]> {
    await run(`insert into public.faces (profile_id, image_path)
      select '${person.id}', gen_random_uuid() || '.jpg' from generate_series(1, ${count}) as n`)
    if (columns) await run(`update public.match_jobs set ${columns}`)
    return (await rows()).map(({ id }) => id as string)
  }
  const rows = async () => {
    const found = await host.database.asService((tx) =>
      sql<Record<string, unknown>>`
        select j.*, created_at::text, next_attempt_at::text, started_at::text, completed_at::text, dismissed_at::text
        from public.match_jobs j order by id`.execute(tx),
    )
    return found.rows
  }
  const failed = (
    code: string,
  ) => `status = 'failed', attempts = 3, completed_at = now(), error_code = '${code}',
    error_message = 'x', fingerprint = 'ffff'`

  async function untilEnd(id: string): Promise<Bulk> {
    let last: Bulk | undefined
    for await (const bulk of await curator.client.jobs.bulkProgress({ id })) last = bulk
    return last!
  }

  test('a retry: what is eligible and what is not and why, then exactly that', async () => {
    const ids = await addJobs(5)
    await run(`update public.match_jobs set ${failed('internal')} where id = any ('{${ids.slice(0, 2).join(',')}}');
      update public.match_jobs set ${failed('no_face')} where id = '${ids[2]}';
      update public.match_jobs set status = 'completed' where id = '${ids[3]}'`)
    const plan = await curator.client.jobs.planBulk({
      action: 'retry',
      selection: {
        ids: [...ids.map((id) => ({ id, kind: 'face' as const })), { id: randomUUID(), kind: 'face' }],
      },
    })
    expect(plan).toMatchObject({
      state: 'planned',
      selected: 6,
      eligible: 2,
      can_undo: false,
      created_by_name: 'Carl',
    })
    expect(plan.ineligible).toEqual([
      { reason: 'not_failed', jobs: 2, words: 'have not failed' },
      { reason: 'permanent', jobs: 1, words: 'fail the same way every time' },
      { reason: 'gone', jobs: 1, words: 'are no longer there' },
    ])
    expect(plan.sample.filter(({ reason }) => reason === null)).toHaveLength(2)
    expect(plan.sample.every(({ name }) => name === 'Anna')).toBe(true)
    expect((await rows()).filter(({ status }) => status === 'failed')).toHaveLength(3)

    await curator.client.jobs.runBulk({ id: plan.id })
    expect(await untilEnd(plan.id)).toMatchObject({ state: 'done', done: 2, changed: 0, can_undo: false })
    expect(
      (await rows()).map(({ status, attempts }) => `${status as string} ${attempts as number}`).toSorted(),
    ).toEqual(['completed 0', 'failed 3', 'pending 0', 'pending 0', 'pending 0'])
    await expect(curator.client.jobs.runBulk({ id: plan.id })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(curator.client.jobs.undoBulk({ id: plan.id })).rejects.toMatchObject({ code: 'CONFLICT' })

    const all = { action: 'retry' as const, selection: { all: { status: 'failed' as const } } }
    expect(await curator.client.jobs.planBulk(all)).toMatchObject({ eligible: 0, selected: 1 })
    expect(await curator.client.jobs.planBulk({ ...all, include_permanent: true })).toMatchObject({
      eligible: 1,
    })
  })

  test('a cancel is undone exactly; what changed since is told and left alone', async () => {
    const ids = await addJobs(
      4,
      `attempts = 1, next_attempt_at = now() + interval '7 minutes', error_code = 'internal',
      error_message = 'Hm', failed_stage = 'search', fingerprint = 'abc', started_at = now(), worker_id = 'w'`,
    )
    await run(
      `update public.match_jobs set status = 'processing', lease_until = now() where id = '${ids[3]}'`,
    )
    const before = await rows()
    const plan = await curator.client.jobs.planBulk({
      action: 'cancel',
      selection: { all: { kind: 'face' } },
    })
    expect(plan).toMatchObject({ eligible: 4 })
    // A heartbeat is no change; an attempt is.
    await run(`update public.match_jobs set lease_until = now() + interval '1 minute' where id = '${ids[3]}';
      update public.match_jobs set attempts = 2 where id = '${ids[0]}'`)
    await curator.client.jobs.runBulk({ id: plan.id })
    expect(await untilEnd(plan.id)).toMatchObject({ state: 'done', done: 3, changed: 1, can_undo: true })
    const cancelled = await rows()
    expect(cancelled.map(({ status, error_code }) => `${status as string} ${error_code as string}`)).toEqual([
      'pending internal',
      ...Array<string>(3).fill('failed cancelled'),
    ])
    await run(`update public.match_jobs set status = 'pending', attempts = 0 where id = '${ids[1]}'`)
    await other.client.jobs.undoBulk({ id: plan.id })
    expect(await untilEnd(plan.id)).toMatchObject({
      state: 'undone',
      undone: 2,
      undo_changed: 1,
      can_undo: false,
    })
    const after = await rows()
    expect(after[2]).toEqual(before[2])
    expect(after[3]).toMatchObject({
      status: 'pending',
      attempts: 1,
      error_code: 'internal',
      lease_until: null,
    })
    expect(after[1]).toMatchObject({ attempts: 0, error_code: 'cancelled' })
    await expect(curator.client.jobs.undoBulk({ id: plan.id })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await curator.client.jobs.bulks()).toMatchObject([{ id: plan.id, state: 'undone' }])
  })

  test('dismissals and priorities go and come back', async () => {
    await addJobs(2, failed('no_face'))
    await run(`insert into public.celebrities (name, image_path) values ('Star', 's.jpg')`)
    const selection = { all: {} }
    const dismissal = await curator.client.jobs.planBulk({ action: 'dismiss', selection })
    expect(dismissal).toMatchObject({ eligible: 2, ineligible: [{ reason: 'not_failed', jobs: 1 }] })
    await curator.client.jobs.runBulk({ id: dismissal.id })
    await untilEnd(dismissal.id)
    expect((await curator.client.jobs.failures()).jobs).toBe(0)
    await curator.client.jobs.undoBulk({ id: dismissal.id })
    await untilEnd(dismissal.id)
    expect((await curator.client.jobs.failures()).jobs).toBe(2)

    await expect(curator.client.jobs.planBulk({ action: 'prioritise', selection })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    const first = await curator.client.jobs.planBulk({ action: 'prioritise', selection, priority: 7 })
    expect(first).toMatchObject({ eligible: 1, ineligible: [{ reason: 'ended', jobs: 2 }] })
    await curator.client.jobs.runBulk({ id: first.id })
    await untilEnd(first.id)
    const star = async () => (await curator.client.jobs.list({ kind: 'celebrity' })).items[0].priority
    expect(await star()).toBe(7)
    await curator.client.jobs.undoBulk({ id: first.id })
    await untilEnd(first.id)
    expect(await star()).toBe(0)
  })

  test('thousands, in chunks: stopped in the middle, and run on', { timeout: 300_000 }, async () => {
    await addJobs(3500)
    const plan = await curator.client.jobs.planBulk({
      action: 'cancel',
      selection: { all: { status: 'pending' } },
    })
    expect(plan.eligible).toBe(3500)
    // Stopped before it began, so that how fast the machine is does not matter.
    await host.database.asService((tx) =>
      sql`update public.job_bulks set state = 'stopping', started_at = now(), beat_at = now() where id = ${plan.id}`.execute(
        tx,
      ),
    )
    const seen: Bulk[] = []
    const inTransaction = host.database.asService.bind(host.database)
    expect(await runToEnd(inTransaction, plan.id)).toMatchObject({ state: 'stopped', done: 0 })
    await run(`update public.job_bulks set state = 'running' where id = '${plan.id}'`)
    const stopped = await runToEnd(inTransaction, plan.id, (bulk) => {
      seen.push(bulk)
      if (seen.length === 2) throw new Error('cut')
    }).catch((error: unknown) => (error as Error).message)
    expect(stopped).toBe('cut')
    expect(seen.map(({ done }) => done)).toEqual([1000, 2000])
    // Whoever ran it is lost: half a minute later it counts as stopped.
    await expect(curator.client.jobs.runBulk({ id: plan.id })).rejects.toMatchObject({ code: 'CONFLICT' })
    await run(`update public.job_bulks set beat_at = now() - interval '31 seconds'`)
    expect(await curator.client.jobs.bulk({ id: plan.id })).toMatchObject({
      state: 'stopped',
      can_undo: true,
    })
    await curator.client.jobs.runBulk({ id: plan.id })
    expect(await untilEnd(plan.id)).toMatchObject({ state: 'done', done: 3500, changed: 0 })
    expect(await curator.client.jobs.counts()).toMatchObject({ failed: 3500, pending: 0 })
  })

  test('a plan is its maker’s own, and for an hour', async () => {
    await addJobs(1)
    const plan = await curator.client.jobs.planBulk({ action: 'cancel', selection: { all: {} } })
    await expect(other.client.jobs.runBulk({ id: plan.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await run(`update public.job_bulks set created_at = now() - interval '61 minutes'`)
    await expect(curator.client.jobs.runBulk({ id: plan.id })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(curator.client.jobs.stopBulk({ id: plan.id })).rejects.toMatchObject({ code: 'CONFLICT' })
    await curator.client.jobs.planBulk({ action: 'cancel', selection: { all: {} } })
    await expect(curator.client.jobs.bulk({ id: plan.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('whoever loses the role in the middle gets no further', async () => {
    await addJobs(1)
    const late = await host.signUp('curator')
    const plan = await late.client.jobs.planBulk({ action: 'cancel', selection: { all: {} } })
    await run(`update public.profiles set role = 'moderator' where id = '${late.id}'`)
    await expect(late.client.jobs.runBulk({ id: plan.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await curator.client.jobs.counts()).toMatchObject({ pending: 1 })
  })
})
