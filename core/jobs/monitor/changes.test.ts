import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'

// The queue as it is watched. Real: router, database with its rules and its notifications, Auth.

describe.each(await testEngines())('watching the queue on %s', (engine) => {
  let host: CallerHost
  let person: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    person = await host.signUp('user')
  })
  afterAll(() => host.close())

  const run = (text: string) => host.database.asService((tx) => sql.raw(text).execute(tx))

  test('changes come by themselves, at most twice a second, and end with the role', async () => {
    const staff = await host.signUp('moderator')
    const abort = new AbortController()
    const changes = await staff.client.jobs.changes(undefined, { signal: abort.signal })
    const started = Date.now()
    expect((await changes.next()).value).toMatchObject({ pending: 0 })
    await run(`insert into public.faces (profile_id, image_path)
      select '${person.id}', n || '.jpg' from generate_series(1, 3) as n`)
    const { value } = await changes.next()
    expect(value).toMatchObject({ pending: 3 })
    expect(Date.now() - started).toBeGreaterThanOrEqual(490)
    expect(Date.now() - started).toBeLessThan(4000)
    await host.database.asService((tx) =>
      tx.updateTable('profiles').set({ role: 'user' }).where('id', '=', staff.id).execute(),
    )
    await run(`update public.match_jobs set status = 'completed', completed_at = now()`)
    await expect(changes.next()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    abort.abort()
  })
})
