import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, queryIn, type SqlDatabase } from '../../../tests/factories/engines'
import {
  analysedFace,
  insertFaces,
  insertPeople,
  randomDirection,
  schoolmates,
  uuidOf,
  type NewFace,
} from '../../../tests/factories/people'
import { seeded } from '../../../tests/factories/random'
import { defaultWeights } from '../../model/weights'
import { factorsOf, scoreOf } from '../factors'
import { searchUsers } from './search'

const random = seeded(23)
const centre = randomDirection(random)
const people = schoolmates(400)
/** Half of one cluster, half scattered; some lack what a factor compares, or have values that no face has. */
const faces: NewFace[] = people.map((person, i) => ({
  ...analysedFace(random, i % 2 === 0 ? centre : randomDirection(random)),
  ...{ id: uuidOf(2, i), profile_id: person.id },
  ...(i % 7 === 3 && { geometry_ratios: null }),
  ...(i % 11 === 4 && { skin_tone_lab: null, age: null }),
  ...(i % 13 === 5 && { expression: null, symmetry_score: null }),
  ...(i % 17 === 6 && { age: 2 ** 31 - 1, symmetry_score: -1e300 }),
  ...(i % 19 === 7 && { embedding: Array.from({ length: 512 }, () => Math.fround(1e-6)) }),
  ...(i % 23 === 8 && { embedding: randomDirection(random).map((x) => Math.fround(x * 900)) }),
}))

describe.each(engines)('who is found on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    await insertPeople(database, people)
    await insertFaces(database, faces)
    await database.query(`update system_settings set value = '"any"' where key = 'match_gender'`)
    await database.query(`update system_settings set value = '"everyone"' where key = 'match_scope'`)
    await database.query(`update system_settings set value = '0.1' where key = 'match_threshold'`)
  }, 60_000)
  afterAll(() => database.close())
  const search = (face: NewFace) => database.transact((tx) => searchUsers(tx, face.id))

  test.each([
    defaultWeights,
    { ...{ embedding: 1, geometry: 0, age: 0, symmetry: 0, skin_tone: 0, expression: 0 } },
    { ...{ embedding: 0.7, geometry: 0.06, age: 0.06, symmetry: 0.06, skin_tone: 0.06, expression: 0.06 } },
    { ...{ embedding: 0, geometry: 0.2, age: 0.2, symmetry: 0.2, skin_tone: 0.2, expression: 0.2 } },
  ])('the bounds leave nobody out, whatever the weights: $embedding for the embedding', async (weights) => {
    await database.query(`update system_settings set value = $1 where key = 'matching_weights'`, [
      JSON.stringify(weights),
    ])
    for (const face of faces.slice(0, 24)) {
      const expected = faces
        .filter((other) => other !== face)
        .map((other) => ({ id: other.id, score: scoreOf(factorsOf(face, other), weights) ?? 0 }))
        .filter(({ score }) => score >= 0.1)
        .sort((a, b) => b.score - a.score)
        .slice(0, 20)
      const found = await search(face)
      expect(found.length).toBe(expected.length)
      for (const [i, { similarity_score: score }] of found.entries())
        expect(score).toBeCloseTo(expected[i].score, 9)
    }
    await database.query(`update system_settings set value = $1 where key = 'matching_weights'`, [
      JSON.stringify(defaultWeights),
    ])
  })

  test('nobody is matched with who is suspended, nor who is suspended with anybody', async () => {
    const [first] = await search(faces[0])
    const suspend = (until: string) =>
      database.query('update auth.users set banned_until = $2 where id = $1', [first.profile_id, until])
    await suspend('2999-01-01')
    expect((await search(faces[0])).map((found) => found.face_id)).not.toContain(first.face_id)
    expect(await search(faces.find(({ id }) => id === first.face_id)!)).toEqual([])
    await suspend('2001-01-01')
    expect((await search(faces[0])).map((found) => found.face_id)).toContain(first.face_id)
  })

  test('who is known to be a minor, and who is not, never meet', async () => {
    const [first, second] = await search(faces[0])
    const born = (id: string, age: number | null) =>
      database.query(
        `update profiles set birth_year = extract(year from now())::integer - $2::integer where id = $1`,
        [id, age],
      )
    const foundBy = async (face: NewFace) => (await search(face)).map((found) => found.face_id)
    await born(first.profile_id, 17)
    await born(second.profile_id, 19)
    expect(await foundBy(faces[0])).not.toContain(first.face_id)
    expect(await foundBy(faces[0])).toContain(second.face_id)
    expect(await foundBy(faces.find(({ id }) => id === first.face_id)!)).toEqual([])
    // Through the year in which they turn 18.
    await born(faces[0].profile_id, 18)
    expect(await foundBy(faces[0])).toEqual([first.face_id])
    for (const id of [faces[0].profile_id, first.profile_id, second.profile_id]) await born(id, null)
  })

  test('people say their year of birth once', async () => {
    const tell = (year: number) =>
      database.transact(async (tx) => {
        const claims = JSON.stringify({ sub: people[3].id, role: 'authenticated' })
        await queryIn(tx, `select set_config('request.jwt.claims', $1, true)`, [claims])
        await queryIn(tx, 'set local role authenticated')
        await queryIn(tx, 'update profiles set birth_year = $1 where id = $2', [year, people[3].id])
      })
    await tell(2009)
    await expect(tell(1990)).rejects.toThrow(/Only an admin/)
    await database.query('update profiles set birth_year = null')
  })

  test('a face that stops being the default is not found, and its successor is', async () => {
    const [first] = await search(faces[0])
    const old = faces.find(({ id }) => id === first.face_id)!
    const successor: NewFace = { ...old, id: uuidOf(2, 900) }
    await insertFaces(database, [successor])
    await database.query('update profiles set default_face_id = $1 where id = $2', [
      successor.id,
      old.profile_id,
    ])
    const found = (await search(faces[0])).map((one) => one.face_id)
    expect(found).toContain(successor.id)
    expect(found).not.toContain(old.id)
    await database.query('delete from faces where id = $1', [successor.id])
    expect((await search(faces[0])).map((one) => one.face_id)).toContain(old.id)
  })

  test('who is not of the staff learns nothing of who is left out', async () => {
    const everybody = faces.slice(0, 5).map(({ id }) => id)
    const [{ told }] = await database.transact(async (tx) => {
      const claims = JSON.stringify({ sub: people[3].id, role: 'authenticated' })
      await queryIn(tx, `select set_config('request.jwt.claims', $1, true)`, [claims])
      await queryIn(tx, 'set local role authenticated')
      return queryIn<{ told: string[] }>(tx, 'select private.unmatchable($1, $2::uuid[])::text[] as told', [
        faces[3].id,
        everybody,
      ])
    })
    expect(told).toEqual(everybody)
  })

  test('no bound is below a score, however far apart the lengths of two embeddings are', async () => {
    const [person, other] = [0, 1].map((i) => ({ id: uuidOf(1, 950 + i), school: 'Far', gender: 'female' }))
    await insertPeople(database, [person, other])
    const faceOf = (owner: { id: string }, embedding: number[]): NewFace => ({
      ...faces[0],
      ...{ id: owner.id.replace(/^./, '2'), profile_id: owner.id, embedding_model: 'pack/far', embedding },
    })
    const elements = (of: (i: number) => number) => Array.from({ length: 512 }, (_, i) => Math.fround(of(i)))
    const long = faceOf(
      person,
      elements((i) => (i < 4 ? 500 : 0)),
    )
    // Of a, single precision keeps next to nothing in a - b: by chance the score says far more than the cosine.
    const [short, excess] = Array.from({ length: 200 }, (_, step) => {
      const [along, across] = [Math.fround(0.0025 + step * 1e-6), Math.fround(0.0087)]
      const face = faceOf(
        other,
        elements((i) => (i < 4 ? along : i === 4 ? across : 0)),
      )
      const cosine = (2 * along) / Math.hypot(2 * along, across)
      return [face, (factorsOf(long, face).embedding ?? 0) - cosine] as const
    }).reduce((most, one) => (one[1] > most[1] ? one : most))
    expect(excess).toBeGreaterThan(1e-3)
    await insertFaces(database, [long, short])
    const only = { embedding: 1, geometry: 0, age: 0, symmetry: 0, skin_tone: 0, expression: 0 }
    const set = (key: string, value: unknown) =>
      database.query('update system_settings set value = $2 where key = $1', [key, JSON.stringify(value)])
    await set('matching_weights', only)
    await set('match_threshold', (scoreOf(factorsOf(long, short), only) ?? 0) - 1e-6)
    expect((await search(long)).map((found) => found.face_id)).toEqual([short.id])
    expect((await search(short)).map((found) => found.face_id)).toEqual([long.id])
    // Any count may be asked for.
    const all = await database.query(
      'select from find_similar_faces_advanced($1, null, null, 0, 2147483647)',
      [long.id],
    )
    expect(all).toHaveLength(1)
  })
})
