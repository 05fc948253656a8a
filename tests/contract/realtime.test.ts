import type { SupabaseClient } from '@supabase/supabase-js'
import type { WebSocket } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { testSkip } from '../factories/requirements'
import { addFace, addMatch, listen, listening, until, type Change } from './channels'
import { signUp, type Person } from './people'
import { openTestProject, testProjects, type Project, type Query } from './project'

const projects = await testProjects()
const withoutRows =
  Boolean(process.env['SUPABASE_URL'] && !process.env['SUPABASE_DB_URL']) &&
  testSkip('rows of that project', 'SUPABASE_DB_URL names its database, as its owner.')

/** What the client keeps to itself. */
interface Inner {
  socketAdapter: { getSocket(): { conn: WebSocket } }
}

const tableOf = ({ table }: Change) => table
const idOf = (change: Change) => (change.new as { id?: string }).id ?? (change.old as { id?: string }).id

/** What Semblance needs of Supabase Realtime's row changes, asked through supabase-js. Nothing here knows who answers. */
describe.skipIf(withoutRows).each(projects)('row changes, on %s', (which) => {
  let project: Project
  let query: Query
  let ada: Person
  let bob: Person
  let adaFace: { faceId: string; jobId: string }
  let bobFace: { faceId: string; jobId: string }
  let anonymous: SupabaseClient
  let service: SupabaseClient
  beforeAll(async () => {
    project = await openTestProject(which)
    query = project.query!
    anonymous = createSupabase({ url: project.url, key: project.publishableKey })
    service = createSupabase({ url: project.url, key: project.secretKey })
    ada = await signUp(project)
    bob = await signUp(project)
    adaFace = await addFace(query, ada)
    bobFace = await addFace(query, bob)
  })
  afterEach(async () => {
    for (const client of [ada.supabase, bob.supabase, anonymous, service]) await client.removeAllChannels()
  })
  afterAll(() => project?.close())

  test('an inserted, a changed and a deleted row are told, each as what it is', async () => {
    const heard = await listening(ada.supabase, { table: 'match_jobs' })
    const [job] = await query<{ id: string }>(
      'insert into public.match_jobs (face_id, user_id) values ($1, $2) returning id',
      [adaFace.faceId, ada.user.id],
    )
    await until(() => heard.changes.length === 1, 'the insert')
    await query(`update public.match_jobs set status = 'failed', attempts = 3 where id = $1`, [job.id])
    await until(() => heard.changes.length === 2, 'the update')
    await query('delete from public.match_jobs where id = $1', [job.id])
    await until(() => heard.changes.length === 3, 'the delete')
    const [inserted, updated, deleted] = heard.changes
    expect(inserted).toMatchObject({
      schema: 'public',
      table: 'match_jobs',
      eventType: 'INSERT',
      new: { id: job.id, user_id: ada.user.id, status: 'pending', attempts: 0, started_at: null },
      old: {},
    })
    expect(inserted.errors ?? []).toEqual([])
    expect(Math.abs(Date.parse(inserted.commit_timestamp) - Date.now())).toBeLessThan(60_000)
    expect(updated).toMatchObject({
      eventType: 'UPDATE',
      new: { id: job.id, status: 'failed', attempts: 3 },
      old: { id: job.id },
    })
    expect(deleted).toMatchObject({ eventType: 'DELETE', new: {}, old: { id: job.id } })
    expect(Object.keys(deleted.old)).toEqual(['id'])
  })

  test('numbers are numbers, times are times', async () => {
    const heard = await listening(ada.supabase, { table: 'matches' })
    const id = await addMatch(query, adaFace.faceId, bobFace.faceId, 0.8125)
    await until(() => heard.changes.length === 1, 'the match')
    const row = heard.changes[0].new as { similarity_score: number; created_at: string }
    expect(row.similarity_score).toBe(0.8125)
    expect(Math.abs(Date.parse(row.created_at) - Date.now())).toBeLessThan(60_000)
    await query('delete from public.matches where id = $1', [id])
  })

  test('everybody hears of what row-level security shows them, and of nothing else', async () => {
    const adaHeard = await listening(ada.supabase, { table: 'match_jobs', event: 'INSERT' } as never)
    const bobHeard = await listening(bob.supabase, { table: 'match_jobs', event: 'INSERT' } as never)
    const serviceHeard = await listening(service, { table: 'match_jobs', event: 'INSERT' } as never)
    const nobodyHeard = await listening(anonymous, { table: 'match_jobs' })
    for (const [face, person] of [
      [adaFace, ada],
      [bobFace, bob],
    ] as const) {
      await query('insert into public.match_jobs (face_id, user_id) values ($1, $2)', [
        face.faceId,
        person.user.id,
      ])
    }
    await until(() => adaHeard.changes.length > 0 && bobHeard.changes.length > 0, 'the own jobs')
    await until(() => serviceHeard.changes.length >= 2, 'all jobs for the service')
    expect(adaHeard.changes.map(({ new: row }) => (row as { user_id: string }).user_id)).toEqual([
      ada.user.id,
    ])
    expect(bobHeard.changes.map(({ new: row }) => (row as { user_id: string }).user_id)).toEqual([
      bob.user.id,
    ])
    // Supabase tells a stranger that there was something that it may not read.
    for (const { new: row } of nobodyHeard.changes) expect(row).toEqual({})
  })

  test('staff hear of everybody, as of the moment that they are', async () => {
    const carol = await signUp(project)
    const heard = await listening(carol.supabase, { table: 'match_jobs' })
    await query('update public.match_jobs set attempts = 1 where id = $1', [bobFace.jobId])
    await query(`update public.profiles set role = 'moderator' where id = $1`, [carol.user.id])
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = heard.changes.length
    await query('update public.match_jobs set attempts = 2 where id = $1', [bobFace.jobId])
    await until(() => heard.changes.length > before, "somebody else's job")
    expect(heard.changes.at(-1)).toMatchObject({ new: { id: bobFace.jobId, attempts: 2 } })
    await carol.supabase.removeAllChannels()
  })

  test('each of the six tables tells', async () => {
    const tables = [
      'matches',
      'celebrity_matches',
      'notifications',
      'messages',
      'mutual_connections',
      'match_jobs',
    ]
    const heard = await listening(
      ada.supabase,
      ...tables.map((table) => ({ table, event: 'INSERT' }) as never),
    )
    const matchId = await addMatch(query, adaFace.faceId, bobFace.faceId)
    const [celebrity] = await query<{ id: string }>(
      `insert into public.celebrities (name, image_path) values ('Somebody', 'somebody.jpg') returning id`,
    )
    await query(
      'insert into public.celebrity_matches (face_id, celebrity_id, similarity_score) values ($1, $2, 0.7)',
      [adaFace.faceId, celebrity.id],
    )
    const [connection] = await query<{ id: string }>(
      'insert into public.mutual_connections (profile_a_id, profile_b_id, match_id) values ($1, $2, $3) returning id',
      [ada.user.id, bob.user.id, matchId],
    )
    await query(`insert into public.messages (connection_id, sender_id, content) values ($1, $2, 'Hello')`, [
      connection.id,
      bob.user.id,
    ])
    await query(
      `insert into public.notifications (user_id, type, title) values ($1, 'mutual_match', 'A match')`,
      [ada.user.id],
    )
    await query('insert into public.match_jobs (face_id, user_id) values ($1, $2)', [
      adaFace.faceId,
      ada.user.id,
    ])
    await until(() => new Set(heard.changes.map(tableOf)).size === tables.length, 'all six tables')
    expect([...new Set(heard.changes.map(tableOf))].sort()).toEqual([...tables].sort())
    await query('delete from public.matches where id = $1', [matchId])
    await query('delete from public.celebrities where id = $1', [celebrity.id])
  })

  describe('what is asked for', () => {
    test('an event', async () => {
      const heard = await listening(ada.supabase, { table: 'match_jobs', event: 'DELETE' } as never)
      const [job] = await query<{ id: string }>(
        'insert into public.match_jobs (face_id, user_id) values ($1, $2) returning id',
        [adaFace.faceId, ada.user.id],
      )
      await query('delete from public.match_jobs where id = $1', [job.id])
      await until(() => heard.changes.some((change) => idOf(change) === job.id), 'the delete')
      expect(new Set(heard.changes.map(({ eventType }) => eventType))).toEqual(new Set(['DELETE']))
    })

    test('a schema, for all of its tables', async () => {
      const heard = await listening(ada.supabase, {})
      const matchId = await addMatch(query, adaFace.faceId, bobFace.faceId)
      await query('update public.match_jobs set attempts = 1 where id = $1', [adaFace.jobId])
      await until(() => new Set(heard.changes.map(tableOf)).size === 2, 'both tables')
      await query('delete from public.matches where id = $1', [matchId])
    })

    test('values of a column', async () => {
      const filters: [filter: string, holds: (attempts: number) => boolean][] = [
        ['attempts=eq.2', (n) => n === 2],
        ['attempts=neq.2', (n) => n !== 2],
        ['attempts=lt.2', (n) => n < 2],
        ['attempts=lte.2', (n) => n <= 2],
        ['attempts=gt.2', (n) => n > 2],
        ['attempts=gte.2', (n) => n >= 2],
        ['attempts=in.(1,3)', (n) => n === 1 || n === 3],
      ]
      const all = await Promise.all(
        filters.map(([filter]) =>
          listening(ada.supabase, { table: 'match_jobs', event: 'UPDATE', filter } as never),
        ),
      )
      const everything = await listening(ada.supabase, { table: 'match_jobs', event: 'UPDATE' } as never)
      const attemptsOf = ({ new: row }: Change) => (row as { attempts: number }).attempts
      for (const n of [0, 1, 2, 3]) {
        await query('update public.match_jobs set attempts = $2 where id = $1', [adaFace.jobId, n])
        await until(() => everything.changes.map(attemptsOf).includes(n), `attempts ${n}`)
      }
      for (const [index, [filter, holds]] of filters.entries()) {
        const expected = [0, 1, 2, 3].filter(holds)
        await until(() => all[index].changes.length >= expected.length, filter)
        expect(all[index].changes.map(attemptsOf), filter).toEqual(expected)
      }
    })

    test.each([
      [{ table: 'no_such_table' }, /no_such_table/],
      [{ schema: 'auth', table: 'users' }, /users/],
      [{ table: 'match_jobs', filter: 'no_such_column=eq.1' }, /no_such_column/],
      [{ table: 'match_jobs', filter: 'attempts=eq.many' }, /invalid input syntax/],
      [{ table: 'match_jobs', filter: 'attempts=resembles.1' }, /filter/],
    ])('%o can not be had, and the answer says why', async (wanted, reason) => {
      const heard = listen(ada.supabase, wanted)
      await until(() => heard.systems.some(({ status }) => status === 'error'), 'the refusal')
      expect(heard.systems.find(({ status }) => status === 'error')).toMatchObject({
        extension: 'postgres_changes',
        channel: heard.channel.subTopic,
        message: expect.stringMatching(reason) as string,
      })
    })
  })

  test('a refreshed token goes on hearing', async () => {
    const heard = await listening(ada.supabase, { table: 'match_jobs', event: 'UPDATE' } as never)
    const { data, error } = await ada.supabase.auth.refreshSession()
    expect(error).toBeNull()
    await ada.supabase.realtime.setAuth(data.session!.access_token)
    await query('update public.match_jobs set attempts = 9 where id = $1', [adaFace.jobId])
    await until(() => heard.changes.length > 0, 'the change after the refresh')
    expect(heard.states).toEqual(['SUBSCRIBED'])
  })

  test('who leaves hears nothing any more', async () => {
    const heard = await listening(ada.supabase, { table: 'match_jobs' })
    const other = await listening(ada.supabase, { table: 'match_jobs' })
    expect(await ada.supabase.removeChannel(heard.channel)).toBe('ok')
    await query('update public.match_jobs set attempts = 4 where id = $1', [adaFace.jobId])
    await until(() => other.changes.length > 0, 'the change, by whoever stayed')
    expect(heard.changes).toEqual([])
  })

  test('a client that was cut off joins again by itself, and hears on', async () => {
    const heard = await listening(ada.supabase, { table: 'match_jobs' })
    const { conn } = (ada.supabase.realtime as unknown as Inner).socketAdapter.getSocket()
    conn.terminate()
    await until(
      () => heard.states.filter((state) => state === 'SUBSCRIBED').length === 2,
      'the rejoin',
      20_000,
    )
    await until(() => heard.systems.filter(({ status }) => status === 'ok').length === 2, 'the rows')
    await query('update public.match_jobs set attempts = 5 where id = $1', [adaFace.jobId])
    await until(() => heard.changes.length > 0, 'the change after the rejoin')
  })
})
