import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../factories/engines'
import { callerOf, createRules, type RulePerson, type Rules } from '../factories/rules'

const like = `insert into reactions (user_profile_id, match_id, reaction_type) values ($1, $2, 'like')`
/** Somebody waits for a lock that is not a row's. */
const waiting = `select from pg_locks
  where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`

describe.each(engines)('mutual likes on %s', (engine) => {
  let sql: SqlDatabase
  let rules: Rules
  beforeAll(async () => {
    sql = await openSql(engine)
    rules = createRules(sql)
  })
  afterAll(() => sql.close())

  const connectionsOf = (...people: RulePerson[]) =>
    sql.query(
      `select profile_a_id, profile_b_id, match_id, status, baby_id from mutual_connections
       where profile_a_id = any($1) and profile_b_id = any($1)`,
      [people.map(({ id }) => id)],
    )
  const notificationsOf = (person: RulePerson) =>
    sql.query('select type, message, related_id, related_type from notifications where user_id = $1', [
      person.id,
    ])

  test('the second like makes one connection and tells both; the first, a view and a repetition do not', async () => {
    const [ada, bob] = [await rules.person('Ada'), await rules.person('Bob')]
    const match = await rules.match(ada.face, bob.face)
    const [baby] = await sql.query<{ id: string }>(
      `insert into babies (match_id, image_url) values ($1, 'x') returning id`,
      [match],
    )
    await rules.like(ada, match)
    await rules.as(bob, like.replace('like', 'viewed'), [bob.id, match])
    expect(await connectionsOf(ada, bob)).toEqual([])
    await rules.as(bob, `update reactions set reaction_type = 'like' where match_id = $1`, [match])
    expect(await connectionsOf(ada, bob)).toEqual([
      { profile_a_id: ada.id, profile_b_id: bob.id, match_id: match, status: 'active', baby_id: baby.id },
    ])
    await rules.like(ada, match)
    await rules.as(ada, `delete from reactions where match_id = $1`, [match])
    await rules.like(ada, match)
    expect(await connectionsOf(ada, bob)).toHaveLength(1)
    expect(await notificationsOf(ada)).toEqual([
      { type: 'mutual_match', message: 'Bob likes you, too.', related_id: match, related_type: 'match' },
    ])
    expect(await notificationsOf(bob)).toHaveLength(1)
  })

  test('two people have one connection, however many matches, and nobody with themself', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    await rules.connect(ada, bob)
    const [{ id: second }] = await sql.query<{ id: string }>(
      `insert into faces (profile_id, image_path) values ($1, 'b') returning id`,
      [ada.id],
    )
    const again = await rules.match(bob.face, second)
    await rules.like(bob, again)
    await rules.like(ada, again)
    expect(await connectionsOf(ada, bob)).toHaveLength(1)
    expect(await notificationsOf(ada)).toHaveLength(1)
    const add = 'insert into mutual_connections (profile_a_id, profile_b_id, match_id) values ($1, $2, $3)'
    await expect(sql.query(add, [bob.id, ada.id, again])).rejects.toMatchObject({ code: '23505' })
    await expect(sql.query(add, [ada.id, ada.id, again])).rejects.toMatchObject({ code: '23514' })
    const self = await rules.match(ada.face, second)
    await rules.like(ada, self)
    expect(await connectionsOf(ada)).toEqual([])
  })

  test('a like by somebody who is no part of the match counts for nothing', async () => {
    const [ada, bob, eve] = [await rules.person(), await rules.person(), await rules.person()]
    const match = await rules.match(ada.face, bob.face)
    await rules.like(ada, match)
    await sql.query(like, [eve.id, match])
    expect(await connectionsOf(ada, bob, eve)).toEqual([])
  })

  test('nobody is connected with somebody suspended', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    const match = await rules.match(ada.face, bob.face)
    await rules.like(ada, match)
    await rules.suspend(ada)
    await rules.like(bob, match)
    expect(await connectionsOf(ada, bob)).toEqual([])
  })

  test('a block outlives the photos that made the match', async () => {
    const [ada, bob] = [await rules.person(), await rules.person()]
    const connection = await rules.connect(ada, bob)
    await rules.as(ada, `update mutual_connections set status = 'blocked' where id = $1`, [connection])
    await rules.as(bob, 'delete from faces where id = $1', [bob.face])
    expect(await connectionsOf(ada, bob)).toEqual([])
    const [{ id: fresh }] = await sql.query<{ id: string }>(
      `insert into faces (profile_id, image_path) values ($1, 'new') returning id`,
      [bob.id],
    )
    const add =
      'insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.9) returning id'
    expect(await sql.query(add, [fresh, ada.face])).toEqual([])
    // Lifted, they may meet again.
    await sql.query('delete from private.blocks where $1 in (profile_a_id, profile_b_id)', [ada.id])
    expect(await sql.query(add, [fresh, ada.face])).toHaveLength(1)
  })
})

describe.runIf(engines.includes('postgres'))('at the same moment on postgres', () => {
  let sql: SqlDatabase
  let rules: Rules
  beforeAll(async () => {
    sql = await openSql('postgres')
    rules = createRules(sql)
  })
  afterAll(() => sql.close())

  test('two transactions that both like before either commits make a connection', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, bob] = [await rules.person(), await rules.person()]
      const match = await rules.match(ada.face, bob.face)
      let tell: () => void = () => undefined
      const adaLiked = new Promise<void>((resolve) => (tell = resolve))
      await Promise.all([
        sql.database.asUser(callerOf(ada), async (tx) => {
          await queryIn(tx, like, [ada.id, match])
          tell()
          while ((await queryIn(tx, waiting)).length === 0) await sleep(5)
        }),
        adaLiked.then(() => rules.like(bob, match)),
      ])
      const found = await sql.query('select from mutual_connections where match_id = $1', [match])
      expect(found).toHaveLength(1)
    }
  })

  test('200 mutual likes, doubled, and by two matches of the same people: one connection each', async () => {
    const people: RulePerson[] = []
    for (let count = 0; count < 400; count += 1) people.push(await rules.person())
    const pairs = Array.from({ length: 200 }, (_, i) => [people[2 * i], people[2 * i + 1]] as const)
    const likes: (() => Promise<unknown>)[] = []
    for (const [index, [ada, bob]] of pairs.entries()) {
      const matches = [await rules.match(ada.face, bob.face)]
      if (index % 4 === 0) {
        const [{ id }] = await sql.query<{ id: string }>(
          `insert into faces (profile_id, image_path) values ($1, 'b') returning id`,
          [ada.id],
        )
        matches.push(await rules.match(id, bob.face))
      }
      for (const match of matches) {
        likes.push(
          () => rules.like(ada, match),
          () => rules.like(bob, match),
        )
        if (index % 3 === 0)
          likes.push(
            () => rules.like(ada, match),
            () => rules.like(bob, match),
          )
      }
    }
    await Promise.all(likes.map((send) => send()))
    const [counted] = await sql.query(
      `select count(*)::int as connections,
         count(distinct (least(profile_a_id, profile_b_id), greatest(profile_a_id, profile_b_id)))::int as pairs,
         (select count(*)::int from notifications n
          where n.user_id = any($1) and n.type = 'mutual_match') as notifications,
         (select max(each.count)::int from (
           select count(*) from notifications where user_id = any($1) group by user_id
         ) as each) as most
       from mutual_connections where profile_a_id = any($1)`,
      [people.map(({ id }) => id)],
    )
    expect(counted).toEqual({ connections: 200, pairs: 200, notifications: 400, most: 1 })
  }, 120_000)
})
