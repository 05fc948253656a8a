import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'

// Overview, jobs and settings as staff sees them. Real: see openCallerHost.

describe.each(await testEngines())('overview and jobs on %s', (engine) => {
  let host: CallerHost
  let curator: TestCaller
  let person: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    curator = await host.signUp('curator')
    person = await host.signUp('user', { name: 'Anna' })
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await host.database.asService(async (tx) => {
      await tx.deleteFrom('faces').execute()
      await tx.deleteFrom('celebrities').execute()
      const faces = [1, 2, 3].map((i) => ({ profile_id: person.id, image_path: `${person.id}/${i}.jpg` }))
      await tx.insertInto('faces').values(faces).execute()
      await tx.insertInto('celebrities').values({ name: 'Star', image_path: 'star.jpg' }).execute()
    })
    const [first, second] = await faceJobs()
    await host.database.asService(async (tx) => {
      const end = (id: string, status: 'completed' | 'failed', minutes: number) =>
        tx
          .updateTable('match_jobs')
          .set({ status, attempts: 2, completed_at: sql<Date>`now() - make_interval(mins => ${minutes})` })
          .where('id', '=', id)
          .execute()
      await end(first.id, 'completed', 0)
      await end(second.id, 'failed', 2)
    })
  })

  const faceJobs = () =>
    host.database.asService((tx) => tx.selectFrom('match_jobs').selectAll().orderBy('id').execute())

  test('the overview counts what is there', async () => {
    const overview = await curator.client.overview.get()
    expect(overview.counts).toEqual({
      ...{ people: 2, faces: 3, analyzed_faces: 0, celebrities: 1, analyzed_celebrities: 0 },
      ...{ matches: 0, celebrity_matches: 0 },
    })
    expect(overview.queue).toMatchObject({ pending: 2, processing: 0, completed: 1, failed: 1 })
    expect(overview.queue.oldest_pending_at).toBeInstanceOf(Date)
    expect(overview.queue.per_minute).toHaveLength(15)
    expect(overview.queue.per_minute[14]).toEqual({ completed: 1, failed: 0 })
    expect(overview.queue.per_minute[12]).toEqual({ completed: 0, failed: 1 })
    expect(overview.database).toMatchObject({ engine, migration: expect.stringMatching(/^\d{4}_/) as string })
    expect(overview.worker.state).toBe('idle')
  })

  test('jobs of both queues come newest first in pages', async () => {
    const seen = []
    let cursor: string | undefined
    do {
      const page = await curator.client.jobs.list({ limit: 1, cursor })
      seen.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(4)
    const times = seen.map(({ created_at }) => created_at.getTime())
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(seen.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      'celebrity Star',
      ...['face Anna', 'face Anna', 'face Anna'],
    ])
    const failed = await curator.client.jobs.list({ status: 'failed' })
    expect(failed.items).toMatchObject([{ kind: 'face', status: 'failed', owner_id: person.id, attempts: 2 }])
    expect((await curator.client.jobs.list({ kind: 'celebrity' })).items).toMatchObject([{ owner_id: null }])
    expect(await curator.client.jobs.counts()).toEqual({ pending: 2, processing: 0, completed: 1, failed: 1 })
  })

  test('a curator retries what failed', async () => {
    const [completed, failed] = await faceJobs()
    await curator.client.jobs.retry({ id: failed.id, kind: 'face' })
    const again = (await faceJobs())[1]
    expect(again).toMatchObject({ status: 'pending', attempts: 0, completed_at: null })
    await expect(curator.client.jobs.retry({ id: completed.id, kind: 'face' })).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { status: 'completed' },
    })
    expect(await curator.client.jobs.retryFailed()).toEqual({ retried: 0 })
  })

  test('changes are told while they happen', async () => {
    const abort = new AbortController()
    const changes = await curator.client.overview.changes(undefined, { signal: abort.signal })
    const next = changes.next()
    await curator.client.jobs.retryFailed()
    expect((await next).value).toContain('match_jobs')
    const more = changes.next()
    host.changes.announce('worker')
    const names = [(await more).value as string[], []].flat()
    if (!names.includes('worker')) names.push(...((await changes.next()).value as string[]))
    expect(names).toContain('worker')
    abort.abort()
    expect((await changes.next()).done).toBe(true)
  })

  test('settings are there with what they mean', async () => {
    const settings = await curator.client.settings.list()
    const weights = settings.find(({ key }) => key === 'matching_weights')
    expect(weights).toMatchObject({ value: { embedding: 0.2 }, updated_by_name: null })
    expect(settings.every(({ description }) => description)).toBe(true)
  })
})
