import type { Transaction } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../../../tests/factories/engines'
import { insertPeople, uuidOf } from '../../../tests/factories/people'
import type { Tables } from '../../database/tables'
import type { FeedQuery } from './feed'
import { markViewed, readFeed, setLike } from './feed'

const person = (number: number) => uuidOf(1, number)
/** The first photo of a person, the one they are found by, and a second one. */
const photo = (number: number, place = 0) => uuidOf(2 + place, number)
const match = (number: number) => uuidOf(5, number)
const count = 12

/** Person 0 is matched with 1 to 9; with 1 twice, by both photos of 1. Persons 10 and 11 are matched with each other. */
async function prepare({ query }: SqlDatabase): Promise<void> {
  const people = Array.from({ length: count }, (_, i) => ({
    ...{ id: person(i), name: `Person ${i}`, school: 'North', gender: 'female' },
  }))
  await insertPeople({ query } as SqlDatabase, people)
  for (const place of [0, 1]) {
    await query(
      `insert into faces (id, profile_id, image_path, thumbnail_path, age)
       select id, profile_id, profile_id || '/${place}.jpg', profile_id || '/${place}.thumb.webp', 21
       from unnest($1::uuid[], $2::uuid[]) as f(id, profile_id)`,
      [people.map((_, i) => photo(i, place)), people.map(({ id }) => id)],
    )
  }
  const pairs = [
    ...Array.from({ length: 9 }, (_, i) => [i + 1, photo(0), photo(i + 1), 0.6 + i / 100] as const),
    [11, photo(1, 1), photo(0), 0.5] as const,
    [12, photo(10), photo(11), 0.9] as const,
    // Two photos of one person are nobody's match.
    [13, photo(0), photo(0, 1), 0.99] as const,
  ]
  for (const [id, a, b, score] of pairs) {
    await query(
      `insert into matches (id, face_a_id, face_b_id, similarity_score, created_at)
       values ($1, $2, $3, $4, timestamptz '2026-01-01' + $5 * interval '1 day')`,
      [match(id), a, b, score, 20 - id],
    )
  }
}

describe.each(engines)('the feed on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    await prepare(database)
  }, 120_000)
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.query('delete from mutual_connections')
    await database.query('delete from private.blocks')
    await database.query('delete from reactions')
  })

  const as = <T>(number: number, work: (tx: Transaction<Tables>) => Promise<T>) =>
    database.transact(async (tx) => {
      const claims = JSON.stringify({ sub: person(number), role: 'authenticated' })
      await queryIn(tx, `select set_config('request.jwt.claims', $1, true)`, [claims])
      await queryIn(tx, 'set local role authenticated')
      return work(tx)
    })
  const feed = (number: number, query: Partial<FeedQuery> = {}) =>
    as(number, (tx) => readFeed(tx, { sort: 'score', show: 'all', limit: 100, ...query }))
  const names = async (number: number, query: Partial<FeedQuery> = {}) =>
    (await feed(number, query)).items.map(({ name }) => Number(name?.split(' ')[1]))
  const like = (number: number, id: number, on = true) =>
    as(number, (tx) => setLike(tx, person(number), { id: match(id), on }))

  test('is one entry for each person, by their best match, best first or newest first', async () => {
    expect(await names(0)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(await names(0, { sort: 'newest' })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const [entry] = (await feed(1)).items
    expect(entry).toMatchObject({
      ...{ id: match(1), similarity_score: 0.6, name: 'Person 0', school: 'North' },
      ...{ thumbnail_path: `${person(0)}/0.thumb.webp`, liked: false, viewed: false, connected: false },
    })
  })

  test.each(['score', 'newest'] as const)('pages by %s miss nobody and show nobody twice', async (sort) => {
    // The keys alone don't tell these apart.
    await database.query(
      `update matches set similarity_score = 0.7, created_at = '2026-02-01' where id = any ($1)`,
      [[match(3), match(4), match(5), match(6)]],
    )
    const whole = await names(0, { sort })
    const paged: number[] = []
    let cursor: string | undefined
    do {
      const page = await feed(0, { sort, limit: 2, cursor })
      paged.push(...page.items.map(({ name }) => Number(name?.split(' ')[1])))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(paged).toEqual(whole)
    expect(new Set(paged).size).toBe(9)
  })

  test('a cursor of another list is refused', async () => {
    const { next_cursor: cursor } = await feed(0, { limit: 1 })
    await expect(feed(0, { sort: 'newest', cursor: cursor ?? '' })).rejects.toThrow(/another list/)
    await expect(feed(0, { cursor: 'x' })).rejects.toThrow(/not valid/)
  })

  test('says nothing of the other side but name, school, and the photo they are found by', async () => {
    const columns = await database.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = 'private.feed'::regclass and attnum > 0 order by attnum`,
    )
    expect(columns.map(({ name }) => name)).toEqual([
      ...['id', 'similarity_score', 'created_at', 'match_ids', 'name', 'school', 'thumbnail_path'],
      ...['liked', 'viewed', 'connected'],
    ])
    await database.query('update profiles set default_face_id = $1 where id = $2', [photo(9, 1), person(9)])
    const nine = (await feed(0)).items.find(({ name }) => name === 'Person 9')
    expect(nine).toMatchObject({ thumbnail_path: null })
    await database.query('update profiles set default_face_id = $1 where id = $2', [photo(9), person(9)])
  })

  test('a condition of a query sees no row that the view hides', async () => {
    await block(1)
    const leak = as(0, (tx) =>
      queryIn(tx, `select 1 from private.feed where 1 / (case when name = 'Person 1' then 0 else 1 end) = 1`),
    )
    await expect(leak).resolves.toHaveLength(8)
  })

  const block = (other: number) =>
    database.query('insert into private.blocks (profile_a_id, profile_b_id) values ($1, $2)', [
      person(0),
      person(other),
    ])
  const suspend = (number: number, until: string | null) =>
    database.query('update auth.users set banned_until = $2 where id = $1', [person(number), until])
  const born = (number: number, year: number | null) =>
    database.query('update profiles set birth_year = $2 where id = $1', [person(number), year])

  test('nobody is seen across a block, from either side', async () => {
    await block(9)
    expect(await names(0)).not.toContain(9)
    expect(await names(9)).toEqual([])
    expect(await names(0)).toHaveLength(8)
  })

  test('nobody sees who is suspended, and who is suspended sees nobody', async () => {
    await suspend(9, '2999-01-01')
    expect(await names(0)).not.toContain(9)
    expect(await names(9)).toEqual([])
    await suspend(9, '2001-01-01')
    expect(await names(0)).toContain(9)
    await suspend(9, null)
  })

  test('nobody sees an account that is gone, nor does it see anybody', async () => {
    await database.query('update auth.users set deleted_at = now() where id = $1', [person(9)])
    expect(await names(0)).not.toContain(9)
    expect(await names(9)).toEqual([])
    await database.query('update auth.users set deleted_at = null where id = $1', [person(9)])
  })

  test('minors and adults do not see each other, also where they were matched before it was known', async () => {
    const year = new Date().getFullYear()
    await born(9, year - 16)
    await born(8, year - 19)
    expect(await names(0)).not.toContain(9)
    expect(await names(0)).toContain(8)
    expect(await names(9)).toEqual([])
    await born(0, year - 17)
    expect(await names(0)).toEqual([9])
    for (const number of [0, 8, 9]) await born(number, null)
  })

  test('a photo that is removed takes its entries along, for both', async () => {
    expect(await names(10)).toEqual([11])
    await as(11, (tx) => queryIn(tx, 'delete from faces where id = $1', [photo(11)]))
    expect(await names(10)).toEqual([])
  })

  test('anonymous callers are refused, and nobody else reads rows of the other side', async () => {
    const anonymous = database.transact(async (tx) => {
      await queryIn(tx, 'set local role anon')
      return queryIn(tx, 'select * from private.feed')
    })
    await expect(anonymous).rejects.toThrow(/permission denied/)
    const others = await as(0, (tx) => queryIn(tx, 'select id from faces where profile_id = $1', [person(9)]))
    expect(others).toEqual([])
  })

  test('a like and a view are the person’s own, on every match of the pair, and twice is as once', async () => {
    expect(await like(0, 1)).toEqual({ connected: false })
    expect(await like(0, 1)).toEqual({ connected: false })
    await as(0, (tx) => markViewed(tx, person(0), [match(1), match(2), match(12)]))
    const rows = await database.query<{ user_profile_id: string; match_id: string; reaction_type: string }>(
      'select user_profile_id, match_id, reaction_type from reactions order by 3, 2',
    )
    const row = (id: number, reaction_type: string) => ({
      ...{ user_profile_id: person(0), match_id: match(id), reaction_type },
    })
    expect(rows).toEqual([
      ...[row(1, 'like'), row(11, 'like'), row(1, 'viewed'), row(2, 'viewed'), row(11, 'viewed')],
    ])
    expect(await names(0, { show: 'liked' })).toEqual([1])
    expect(await names(0, { show: 'unviewed' })).not.toContain(2)
    // The other side is told nothing.
    expect((await feed(1)).items[0]).toMatchObject({ liked: false, viewed: false, connected: false })
    await like(0, 1, false)
    expect(await names(0, { show: 'liked' })).toEqual([])
  })

  test('two likes connect, on whichever match each of them was; taking one back undoes no connection', async () => {
    expect(await like(0, 1)).toEqual({ connected: false })
    expect(await like(1, 11)).toEqual({ connected: true })
    expect((await feed(0)).items.filter(({ connected }) => connected)).toMatchObject([{ name: 'Person 1' }])
    expect(await like(0, 1, false)).toEqual({ connected: true })
  })

  test('a match of others, or one that is hidden, is not there to be liked', async () => {
    await expect(like(0, 12)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await block(2)
    await expect(like(0, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await database.query('select 1 from reactions')).toEqual([])
  })
})
