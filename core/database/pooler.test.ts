import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  createEmptyDatabase,
  createMigratedDatabase,
  migrationsDirectory,
  postgresAvailable,
} from '../../tests/factories/database'
import { poolerAvailable, startPooler, type Pooler } from '../../tests/factories/pgbouncer'
import { claim, complete } from '../jobs/queue/queue'
import type { Caller } from '../model/caller'
import { createChanges, type ChangeHints } from './changes'
import { connectDatabase, type Database } from './connect'
import { migrate } from './migrate'

// Real: PgBouncer in pool_mode=transaction, with three connections that all its clients share.
const isComplete = (await postgresAvailable()) && poolerAvailable()

describe.skipIf(!isComplete)('through a pooler in transaction mode', () => {
  let pooler: Pooler
  let empty: Awaited<ReturnType<typeof createEmptyDatabase>>
  let database: Database
  const [ada, grace] = [randomUUID(), randomUUID()]
  const callerOf = (id: string): Caller => ({
    ...{ id, email: `${id}@example.edu`, role: 'authenticated' },
    claims: { sub: id, role: 'authenticated' },
  })

  beforeAll(async () => {
    pooler = await startPooler()
    empty = await createEmptyDatabase()
    const url = pooler.urlThrough(empty.url)
    await migrate({ url }, { directory: migrationsDirectory })
    database = await connectDatabase({ url })
    await database.asOwner(async (tx) => {
      for (const id of [ada, grace]) {
        await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.edu`})`.execute(tx)
      }
    })
  })
  afterAll(async () => {
    await database.close()
    await empty.drop()
    await pooler.close()
  })

  test('many callers at once are each themselves, and see their own', async () => {
    const seen = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const id = index % 2 === 0 ? ada : grace
        return database.asUser(callerOf(id), async (tx) => {
          const { rows } = await sql<{ login: string; role: string }>`
            select session_user as login, current_user as role`.execute(tx)
          const profiles = await tx.selectFrom('profiles').select('id').execute()
          return { ...rows[0], ids: profiles.map((profile) => profile.id), id }
        })
      }),
    )
    for (const { login, role, ids, id } of seen) {
      expect({ role, ids }).toEqual({ role: 'authenticated', ids: [id] })
      expect(login).toMatch(/^semblance_caller_[0-9a-f]{8}$/)
    }
    const before = await database.asAnonymous((tx) =>
      sql<{ claims: string }>`select current_setting('request.jwt.claims') as claims`.execute(tx),
    )
    expect(JSON.parse(before.rows[0].claims)).toEqual({ role: 'anon' })
  })

  test('jobs are claimed by one and completed', async () => {
    await database.asService((tx) =>
      tx
        .insertInto('faces')
        .values({ profile_id: ada, image_path: `${ada}/1.jpg` })
        .execute(),
    )
    const claims = await Promise.all(
      ['a', 'b', 'c', 'd'].map((workerId) =>
        database.asService((tx) => claim(tx, { kind: 'face', workerId, limit: 5, leaseSeconds: 60 })),
      ),
    )
    expect(claims.flat()).toHaveLength(1)
    expect(await database.asService((tx) => complete(tx, claims.flat()[0]))).toBe(true)
  })

  test('changes arrive by polling, once LISTEN was found to hear nothing', async () => {
    const changes = createChanges(database)
    const heard: string[] = []
    changes.subscribe(['celebrities'], (tables) => heard.push(...tables))
    await changes.ready
    expect(changes.source).toBe('polling')
    await database.asService((tx) =>
      tx.insertInto('celebrities').values({ name: 'Somebody', image_path: 'a.png' }).execute(),
    )
    await vi.waitFor(() => expect(heard).toContain('celebrities'), { timeout: 15_000 })
    await changes.close()
  }, 30_000)

  test('where there is another way it is used, and polling goes on when it ends', async () => {
    let runs = 0
    const hints: ChangeHints = async (tell) => {
      runs += 1
      tell(null)
      tell('messages')
      await new Promise((resolve) => setTimeout(resolve, 300))
      throw new Error('gone')
    }
    const changes = createChanges(database, { hints })
    const heard: string[] = []
    changes.subscribe(['messages', 'faces'], (tables) => heard.push(...tables))
    await changes.ready
    await vi.waitFor(() => expect(changes.source).toBe('realtime'))
    expect(heard.slice(0, 3)).toEqual(['messages', 'faces', 'messages'])
    await vi.waitFor(() => expect(changes.source).toBe('polling'))
    await vi.waitFor(() => expect(runs).toBeGreaterThan(1), { timeout: 5_000 })
    await changes.close()
  }, 30_000)
})

test.skipIf(!isComplete)('a host goes on with a password that another has changed', async () => {
  const pooler = await startPooler()
  const migrated = await createMigratedDatabase()
  const url = pooler.urlThrough(migrated.url)
  const one = await connectDatabase({ url })
  await one.asOwner((tx) => sql`delete from semblance.caller_logins`.execute(tx))
  const two = await connectDatabase({ url })
  // More at once than are connected already: the pooler asks for the password, and knows the new one.
  const ask = () => one.asAnonymous((tx) => sql<{ ok: number }>`select 1 as ok, pg_sleep(.2)`.execute(tx))
  const asked = await Promise.all(Array.from({ length: 6 }, ask))
  expect(asked.map(({ rows }) => rows[0].ok)).toEqual([1, 1, 1, 1, 1, 1])
  await Promise.all([one.close(), two.close()])
  await migrated.drop()
  await pooler.close()
})

test.skipIf(!isComplete)(
  'a pooler that does not know the login of callers is named, with the SQL',
  async () => {
    const pooler = await startPooler({ knowsCallers: false })
    const migrated = await createMigratedDatabase()
    const failure = await connectDatabase({ url: pooler.urlThrough(migrated.url) }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' })
    expect((failure as Error).message).toMatch(/A pooler in between may not know it/)
    expect((failure as Error).message).toMatch(/grant anon, authenticated to semblance_caller_/)
    // A login that goes past the pooler is taken instead.
    const login = new URL(migrated.url)
    const direct = await connectDatabase({ url: migrated.url })
    const role = await direct.asAnonymous((tx) =>
      sql<{ login: string }>`select session_user as login`.execute(tx),
    )
    login.username = role.rows[0].login
    const other = await connectDatabase({ url: pooler.urlThrough(migrated.url) }, { callersUrl: login.href })
    expect(await other.asAnonymous((tx) => tx.selectFrom('celebrities').selectAll().execute())).toEqual([])
    await Promise.all([other.close(), direct.close()])
    await migrated.drop()
    await pooler.close()
  },
)
