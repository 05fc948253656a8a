import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../core/model/caller'
import type { Role } from '../../core/model/roles'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'

const people = ['ada', 'bob', 'eve', 'moderator', 'curator', 'admin'] as const
type Person = (typeof people)[number]

const callerOf = (id: string): Caller => ({
  id,
  email: null,
  role: 'authenticated',
  claims: { sub: id, role: 'authenticated' },
})

/** Ada and Bob are matched and connected; Eve is a stranger. */
describe.each(engines)('who may do what on %s', (engine) => {
  let database: SqlDatabase
  const ids = Object.fromEntries(people.map((person) => [person, randomUUID()])) as Record<Person, string>
  const faces: Partial<Record<Person, string>> = {}
  let match: string, connection: string

  beforeAll(async () => {
    database = await openSql(engine)
    for (const person of people) {
      await database.query('insert into auth.users (id, email) values ($1, $2)', [
        ids[person],
        `${person}@x.edu`,
      ])
      const role: Role =
        person === 'moderator' || person === 'curator' || person === 'admin' ? person : 'user'
      await database.query('update profiles set role = $2 where id = $1', [ids[person], role])
      const [face] = await database.query<{ id: string }>(
        `insert into faces (profile_id, image_path) values ($1::uuid, $1::text || '/a.jpg') returning id`,
        [ids[person]],
      )
      faces[person] = face.id
    }
    const [row] = await database.query<{ match: string; connection: string }>(
      `with m as (insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.5) returning id),
       c as (insert into mutual_connections (profile_a_id, profile_b_id, match_id) select $3, $4, id from m returning id)
       select m.id as match, c.id as connection from m, c`,
      [faces.ada, faces.bob, ids.ada, ids.bob],
    )
    match = row.match
    connection = row.connection
    await database.query(
      `insert into notifications (user_id, type, title) values ($1, 'mutual_match', 'x')`,
      [ids.ada],
    )
    await database.query(
      `insert into messages (connection_id, sender_id, content) values ($1, $2, 'hello')`,
      [connection, ids.ada],
    )
  })
  afterAll(() => database.close())

  /** Rows that the statement returned; 'refused' where the database says so. Whatever it did is undone. */
  async function as(
    person: Person | null,
    text: string,
    values: unknown[] = [],
  ): Promise<number | 'refused'> {
    let count = 0
    const undo = new Error('undo')
    const door = (work: Parameters<typeof database.database.asAnonymous>[0]) =>
      person ? database.database.asUser(callerOf(ids[person]), work) : database.database.asAnonymous(work)
    try {
      await door(async (tx) => {
        count = (await queryIn(tx, text, values)).length
        throw undo
      })
    } catch (error) {
      if ((error as { code?: string }).code === '42501') return 'refused'
      if (error !== undo) throw error
    }
    return count
  }

  test.each<[string, (number | 'refused')[]]>([
    // anon, ada, eve, moderator, curator, admin
    ['celebrities', [0, 0, 0, 0, 0, 0]],
    ['profiles', ['refused', 1, 1, 6, 6, 6]],
    ['faces', ['refused', 1, 1, 6, 6, 6]],
    ['matches', ['refused', 1, 0, 1, 1, 1]],
    ['match_jobs', ['refused', 1, 1, 6, 6, 6]],
    ['jobs', ['refused', 1, 1, 6, 6, 6]],
    ['notifications', ['refused', 1, 0, 0, 0, 0]],
    ['mutual_connections', ['refused', 1, 0, 1, 0, 1]],
    ['messages', ['refused', 1, 0, 1, 0, 1]],
  ])('who sees how many rows of %s', async (table, expected) => {
    const seen = []
    for (const person of [null, 'ada', 'eve', 'moderator', 'curator', 'admin'] as const) {
      seen.push(await as(person, `select 1 from ${table}`))
    }
    expect(seen).toEqual(expected)
  })

  test('everybody reads settings, an admin alone writes them', async () => {
    expect(await as(null, `select 1 from system_settings where key = 'match_threshold'`)).toBe(1)
    const write = `update system_settings set value = '0.9' where key = 'match_threshold' returning 1`
    expect(await as(null, write)).toBe('refused')
    for (const person of ['ada', 'moderator', 'curator'] as const) expect(await as(person, write)).toBe(0)
    expect(await as('admin', write)).toBe(1)
  })

  test('celebrities are written by curators and admins', async () => {
    const write = `insert into celebrities (name, image_path) values ('x', 'x') returning 1`
    for (const person of [null, 'ada', 'moderator'] as const) expect(await as(person, write)).toBe('refused')
    for (const person of ['curator', 'admin'] as const) expect(await as(person, write)).toBe(1)
  })

  test('a person changes their profile, but not their role, and nobody else’s', async () => {
    const rename = 'update profiles set name = $2 where id = $1 returning 1'
    expect(await as('ada', rename, [ids.ada, 'Ada'])).toBe(1)
    expect(await as('ada', rename, [ids.bob, 'Ada'])).toBe(0)
    expect(await as('curator', rename, [ids.bob, 'Ada'])).toBe(0)
    const promote = `update profiles set role = 'admin' where id = $1 returning 1`
    expect(await as('ada', promote, [ids.ada])).toBe('refused')
    expect(await as('curator', promote, [ids.curator])).toBe('refused')
    expect(await as('admin', promote, [ids.ada])).toBe(1)
  })

  test('a suspended admin is nobody', async () => {
    await database.query(`update auth.users set banned_until = now() + interval '1 day' where id = $1`, [
      ids.admin,
    ])
    expect(await as('admin', 'select 1 from profiles')).toBe(1)
    await database.query('update auth.users set banned_until = null where id = $1', [ids.admin])
    expect(await as('admin', 'select 1 from profiles')).toBe(6)
  })

  test('a person adds photos of their own folder only, and no measurements', async () => {
    const add = 'insert into faces (profile_id, image_path) values ($1, $2) returning 1'
    expect(await as('ada', add, [ids.ada, `${ids.ada}/b.jpg`])).toBe(1)
    expect(await as('ada', add, [ids.ada, `${ids.bob}/a.jpg`])).toBe('refused')
    expect(await as('ada', add, [ids.bob, `${ids.bob}/b.jpg`])).toBe('refused')
    for (const path of [
      `${ids.ada}/../${ids.bob}/a.jpg`,
      `${ids.ada}/%2e%2e/${ids.bob}/a.jpg`,
      `${ids.ada}\\..\\${ids.bob}\\a.jpg`,
      `${ids.bob}/a.jpg?/${ids.ada}/`,
      `${ids.bob}/a.jpg#/${ids.ada}/`,
    ]) {
      expect(await as('ada', add, [ids.ada, path]), path).toBe('refused')
    }
    expect(await as('curator', add, [ids.bob, `${ids.bob}/b.jpg`])).toBe(1)
    const measured =
      'insert into faces (profile_id, image_path, quality_score) values ($1, $2, 1) returning 1'
    expect(await as('ada', measured, [ids.ada, `${ids.ada}/b.jpg`])).toBe('refused')
    expect(await as('ada', 'delete from faces where id = $1 returning 1', [faces.ada])).toBe(1)
    expect(await as('ada', 'delete from faces where id = $1 returning 1', [faces.bob])).toBe(0)
  })

  test('reactions are to own matches; messages are by the sender, to a connection that is not blocked', async () => {
    const like = `insert into reactions (user_profile_id, match_id, reaction_type) values ($1, $2, 'like') returning 1`
    expect(await as('ada', like, [ids.ada, match])).toBe(1)
    expect(await as('ada', like, [ids.bob, match])).toBe('refused')
    expect(await as('eve', like, [ids.eve, match])).toBe('refused')
    const say = `insert into messages (connection_id, sender_id, content) values ($1, $2, 'hi') returning 1`
    expect(await as('bob', say, [connection, ids.bob])).toBe(1)
    expect(await as('bob', say, [connection, ids.ada])).toBe('refused')
    expect(await as('eve', say, [connection, ids.eve])).toBe('refused')
    await database.query(`update mutual_connections set status = 'blocked'`)
    expect(await as('bob', say, [connection, ids.bob])).toBe('refused')
    await database.query(`update mutual_connections set status = 'active'`)
    const read = 'update messages set read_at = now() returning 1'
    expect(await as('bob', read)).toBe(1)
    expect(await as('ada', read)).toBe(0)
    expect(await as('bob', `update messages set content = 'x' returning 1`)).toBe('refused')
  })

  test('the queue is turned by curators', async () => {
    const retry = `update match_jobs set status = 'pending' returning 1`
    expect(await as('ada', retry)).toBe(0)
    expect(await as('moderator', retry)).toBe(0)
    expect(await as('curator', retry)).toBe(6)
    expect(
      await as('curator', `insert into celebrity_jobs (celebrity_id) values ($1)`, [randomUUID()]).catch(
        String,
      ),
    ).toMatch(/foreign key/)
  })

  test('photos lie in folders: the owner’s, read by staff, written by curators', async () => {
    await database.query(`insert into storage.objects (bucket_id, name) values ('faces', $1)`, [
      `${ids.ada}/a.jpg`,
    ])
    const list = `select 1 from storage.objects where bucket_id = 'faces'`
    expect(await as(null, list)).toBe(0)
    expect(await as('ada', list)).toBe(1)
    expect(await as('bob', list)).toBe(0)
    expect(await as('moderator', list)).toBe(1)
    const put = 'insert into storage.objects (bucket_id, name) values ($1, $2) returning 1'
    expect(await as('ada', put, ['faces', `${ids.ada}/b.jpg`])).toBe(1)
    expect(await as('ada', put, ['faces', `${ids.bob}/b.jpg`])).toBe('refused')
    expect(await as('ada', put, ['celebrity-images', `${ids.ada}/b.jpg`])).toBe('refused')
    expect(await as('moderator', put, ['celebrity-images', 'b.jpg'])).toBe('refused')
    expect(await as('curator', put, ['celebrity-images', 'b.jpg'])).toBe(1)
  })

  test('accounts, sessions and keys are nobody’s to read', async () => {
    for (const table of ['auth.users', 'auth.sessions', 'auth.refresh_tokens']) {
      for (const person of [null, 'ada', 'admin'] as const) {
        expect(await as(person, `select 1 from ${table}`)).toBe('refused')
      }
    }
  })
})
