import { sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, testEngines, type TestDatabase } from '../../tests/factories/database'
import type { Caller } from '../model/caller'
import type { Tables } from './tables'

const id = '3f0c1f0e-8d53-4a53-9d3c-0a3a4a1d2c11'
const caller: Caller = {
  id,
  email: 'ada@example.org',
  role: 'authenticated',
  claims: { sub: id, role: 'authenticated', email: 'ada@example.org', note: `it's "quoted"` },
}

interface Who {
  role: string
  claims: string
  uid: string | null
}

async function whoAmI(tx: Transaction<Tables>): Promise<Who> {
  const { rows } = await sql<Who>`select current_user as role, auth.uid() as uid,
    current_setting('request.jwt.claims', true) as claims`.execute(tx)
  return rows[0]
}

describe.each(await testEngines())('doors on %s', (engine) => {
  let own: TestDatabase
  beforeAll(async () => {
    own = await createTestDatabase(engine)
  })
  afterAll(() => own.close())

  test('each door is its role, with the claims of the token as they came', async () => {
    const { database } = own
    const user = await database.asUser(caller, whoAmI)
    expect(user).toMatchObject({ role: 'authenticated', uid: id })
    expect(JSON.parse(user.claims)).toEqual(caller.claims)
    expect(await database.asAnonymous(whoAmI)).toMatchObject({ role: 'anon', uid: null })
    expect(await database.asService(whoAmI)).toMatchObject({ role: 'service_role', uid: null })
    expect(await database.asOwner(whoAmI)).toMatchObject({ role: 'postgres', uid: null })
  })

  test('role and claims are gone after commit, rollback and an error of the database', async () => {
    const { database } = own
    const gone = { role: 'postgres', claims: '{}', uid: null }
    await database.asUser(caller, whoAmI)
    expect(await database.asOwner(whoAmI)).toEqual(gone)
    await expect(database.asService(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await database.asOwner(whoAmI)).toEqual(gone)
    await expect(database.asService((tx) => sql`select 1/0`.execute(tx))).rejects.toMatchObject({
      code: '22012',
    })
    expect(await database.asOwner(whoAmI)).toEqual(gone)
  })

  test('a role that is set for the session does not reach the next caller', async () => {
    const { database } = own
    await database.asOwner((tx) => sql`set role service_role`.execute(tx))
    expect(await database.asAnonymous(whoAmI)).toMatchObject({ role: 'anon' })
  })

  test('what an error interrupts is undone', async () => {
    const { database } = own
    const insert = (tx: Transaction<Tables>) =>
      tx.insertInto('celebrities').values({ name: 'Undone', image_path: 'undone.png' }).execute()
    await expect(
      database.asService(async (tx) => {
        await insert(tx)
        throw new Error('afterwards')
      }),
    ).rejects.toThrow('afterwards')
    const left = await database.asService((tx) =>
      tx.selectFrom('celebrities').select('id').where('name', '=', 'Undone').execute(),
    )
    expect(left).toEqual([])
  })

  test('a transaction inside of another is refused, and the outer one goes on', async () => {
    const { database } = own
    await database.asService(async (tx) => {
      await expect(database.asService(whoAmI)).rejects.toThrow('Hand tx down')
      await expect(Promise.all([database.asOwner(whoAmI)])).rejects.toThrow('Hand tx down')
      expect((await whoAmI(tx)).role).toBe('service_role')
    })
  })

  test('what was started inside may go on with a transaction of its own after the end', async () => {
    const { database } = own
    const later = await database.asService(() => {
      const afterwards = new Promise((resolve) => setTimeout(resolve, 50)).then(() =>
        database.asAnonymous(whoAmI),
      )
      return Promise.resolve({ afterwards })
    })
    expect((await later.afterwards).role).toBe('anon')
  })

  test('a query that comes after the end is refused', async () => {
    const { database } = own
    let late: Transaction<Tables> | undefined
    await database.asService((tx) => {
      late = tx
      return Promise.resolve()
    })
    await expect(whoAmI(late!)).rejects.toThrow()
    expect((await database.asOwner(whoAmI)).role).toBe('postgres')
  })

  test.each(['40001', '40P01'])('work that loses with %s runs again, three times at most', async (code) => {
    const { database } = own
    let runs = 0
    const lose = (times: number) =>
      database.asService(async (tx) => {
        runs += 1
        if (runs <= times)
          await sql.raw(`do $$ begin raise exception 'lost' using errcode = '${code}'; end $$`).execute(tx)
        return runs
      })
    expect(await lose(3)).toBe(4)
    runs = 0
    await expect(lose(9)).rejects.toMatchObject({ code })
    expect(runs).toBe(4)
  })

  test('many callers at once are each themselves', async () => {
    const { database } = own
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const sub = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
        if (index % 4 === 3) return database.asAnonymous(whoAmI).then(({ uid }) => uid === null)
        return database.asUser({ ...caller, id: sub, claims: { sub } }, whoAmI).then(({ uid }) => uid === sub)
      }),
    )
    expect(seen).toEqual(seen.map(() => true))
  })
})
