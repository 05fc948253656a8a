import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../tests/factories/engines'
import {
  insertFaces,
  insertPeople,
  randomDirection,
  randomFace,
  uuidOf,
  type NewFace,
} from '../../tests/factories/people'
import { seeded } from '../../tests/factories/random'
import { executeRescore, planRescore } from './rescore'

const random = seeded(31)
const centre = randomDirection(random)
const people = Array.from({ length: 12 }, (_, i) => ({
  ...{ id: uuidOf(1, i), school: 'North', gender: i % 2 ? 'male' : 'female' },
}))
const faces: NewFace[] = people.map((person, i) => ({
  ...randomFace(random, centre),
  ...{ id: uuidOf(2, i), profile_id: person.id, quality_score: 0.9, embedding_model: 'pack/1' },
}))

describe.each(engines)('a rescore on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    await insertPeople(database, people)
    await insertFaces(database, faces)
  })
  afterAll(() => database.close())
  const plan = () => database.transact((tx) => planRescore(tx))
  const execute = (made: Awaited<ReturnType<typeof plan>>) =>
    database.transact((tx) => executeRescore(tx, made))
  const setThreshold = (value: string) =>
    database.query(`update system_settings set value = $1 where key = 'match_threshold'`, [value])
  const pairs = () =>
    database.query<{ id: string; score: number }>(
      'select id, similarity_score as score from matches order by id',
    )

  test('adds what is missing, freshens what is stale, and then has nothing to do', async () => {
    await setThreshold('0.3')
    const made = await plan()
    expect(made.added.length).toBeGreaterThan(10)
    expect(await pairs()).toEqual([])
    expect(await execute(made)).toMatchObject({
      added: made.added.length,
      skipped: { changed: [], removed: [], added: [] },
    })
    await database.query(
      'update matches set similarity_score = 0.31 where id = (select id from matches order by id limit 1)',
    )
    const second = await plan()
    expect([second.changed.length, second.added.length, second.removed.length]).toEqual([1, 0, 0])
    await execute(second)
    const third = await plan()
    expect([third.changed.length, third.added.length, third.removed.length]).toEqual([0, 0, 0])
  })

  test('removes what is below the threshold, but for what somebody has done something with', async () => {
    const before = await pairs()
    const [used] = before.toSorted((a, b) => a.score - b.score)
    await database.query(
      `insert into reactions (user_profile_id, match_id, reaction_type)
       select a.profile_id, m.id, 'like' from matches m join faces a on a.id = m.face_a_id where m.id = $1`,
      [used.id],
    )
    const median = before.toSorted((a, b) => a.score - b.score)[Math.floor(before.length / 2)].score
    await setThreshold(String(median))
    const made = await plan()
    const below = before.filter(({ id, score }) => score < median && id !== used.id).map(({ id }) => id)
    expect(made.removed.map(({ id }) => id)).toEqual(below)
    expect(made.kept).toBe(1)
    expect(await pairs()).toEqual(before)
    // Underneath, one goes and one gets another score.
    await database.query('delete from matches where id = $1', [below[0]])
    await database.query('update matches set similarity_score = 0.99 where id = $1', [below[1]])
    const { removed, skipped } = await execute(made)
    expect(removed).toBe(below.length - 2)
    expect(skipped.removed).toEqual(below.slice(0, 2))
    expect((await pairs()).map(({ id }) => id)).toContain(used.id)
  })

  test('a plan is no longer good when the rules have changed', async () => {
    const made = await plan()
    await setThreshold('0.5')
    await expect(execute(made)).rejects.toThrow(/changed since this plan/)
  })
})
