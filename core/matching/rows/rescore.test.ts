import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../../tests/factories/engines'
import {
  analysedFace,
  insertCelebrities,
  insertFaces,
  insertPeople,
  randomDirection,
  schoolmates,
  uuidOf,
} from '../../../tests/factories/people'
import { seeded } from '../../../tests/factories/random'
import { executeRescore, planRescore } from './rescore'

const random = seeded(31)
const centre = randomDirection(random)
const people = schoolmates(12)
const faces = people.map((person, i) => ({
  ...analysedFace(random, centre),
  ...{ id: uuidOf(2, i), profile_id: person.id },
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

  test('every face keeps its best celebrities of today, and no others', async () => {
    const celebrities = Array.from({ length: 14 }, (_, i) => ({
      ...analysedFace(random, centre),
      ...{ id: uuidOf(3, i), ...(i === 13 && { embedding_model: 'pack/2' }) },
    }))
    await insertCelebrities(database, celebrities)
    const first = await plan()
    expect(first.lookalikes).toMatchObject({ changed: [], removed: [], unscored: 0 })
    expect(first.lookalikes.added).toHaveLength(faces.length * 10)
    expect(await execute(first)).toMatchObject({ lookalikes: { added: faces.length * 10 } })
    // One too many, one stale, one of another model, one missing.
    const rows = await database.query<{ id: string; face_id: string; celebrity_id: string }>(
      'select id, face_id, celebrity_id from celebrity_matches order by face_id, similarity_score desc',
    )
    const own = rows.filter(({ face_id: id }) => id === faces[0].id)
    const outside = celebrities.find(({ id }) => !own.some((row) => row.celebrity_id === id))!
    await database.query(
      `insert into celebrity_matches (face_id, celebrity_id, similarity_score) values ($1, $2, 0.01), ($1, $3, 0.5)`,
      [faces[0].id, outside.id, celebrities[13].id],
    )
    await database.query('update celebrity_matches set similarity_score = 0.02 where id = $1', [own[1].id])
    await database.query('delete from celebrity_matches where id = $1', [own[2].id])
    const second = await plan()
    expect(second.lookalikes).toMatchObject({
      changed: [{ id: own[1].id, from: 0.02 }],
      added: [{ face_id: faces[0].id, celebrity_id: own[2].celebrity_id }],
      removed: [{ celebrity_id: outside.id, from: 0.01 }],
      unscored: 1,
    })
    // Underneath, the one too many gets another score.
    await database.query('update celebrity_matches set similarity_score = 0.03 where celebrity_id = $1', [
      outside.id,
    ])
    const { lookalikes } = await execute(second)
    expect(lookalikes).toMatchObject({ changed: 1, added: 1, removed: 0 })
    expect(lookalikes.skipped.removed).toEqual([second.lookalikes.removed[0].id])
    await execute(await plan())
    const third = (await plan()).lookalikes
    expect([third.changed, third.added, third.removed]).toEqual([[], [], []])
  })

  test('a plan is no longer good when the rules have changed', async () => {
    const made = await plan()
    await setThreshold('0.5')
    await expect(execute(made)).rejects.toThrow(/changed since this plan/)
  })
})
