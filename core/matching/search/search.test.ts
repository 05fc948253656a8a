import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../../tests/factories/engines'
import {
  insertCelebrities,
  insertFaces,
  insertPeople,
  randomDirection,
  randomFace,
  uuidOf,
  type NewFace,
  type NewPerson,
} from '../../../tests/factories/people'
import { seeded } from '../../../tests/factories/random'
import { defaultWeights } from '../../model/weights'
import { factorsOf, scoreOf } from '../factors'
import { searchCelebrities, searchUsers, type FaceResult } from './search'

const [schools, model, limit, threshold] = [['North', 'South'], 'pack/1', 7, 0.55]

/** Sixty people, one default face each; some are poor, of another model, of no or another gender, or have holes. */
function makePopulation() {
  const random = seeded(7)
  const centres = Array.from({ length: 6 }, () => randomDirection(random))
  const people: NewPerson[] = Array.from({ length: 60 }, (_, i) => ({
    id: uuidOf(1, i),
    school: i === 59 ? null : schools[i % 2],
    gender: i % 13 === 12 ? null : i % 11 === 10 ? 'other' : i % 4 < 2 ? 'female' : 'male',
  }))
  const faces: NewFace[] = people.map((person, i) => ({
    ...randomFace(random, centres[i % 6]),
    id: uuidOf(2, i),
    profile_id: person.id,
    quality_score: i % 17 === 16 ? 0.59 : i % 19 === 18 ? null : 0.6 + random() * 0.4,
    embedding_model: i % 23 === 22 ? 'pack/2' : model,
    ...(i % 7 === 6 && { geometry_ratios: null }),
    ...(i % 29 === 28 && { embedding: null }),
  }))
  const celebrities = Array.from({ length: 40 }, (_, i) => ({
    ...randomFace(random, centres[i % 6]),
    id: uuidOf(3, i),
    quality_score: 0.9,
    embedding_model: i % 9 === 8 ? 'pack/2' : model,
  }))
  return { people, faces, celebrities }
}
const { people, faces, celebrities } = makePopulation()

/** What the search must return, from the rules as written in docs/matching.md, by looking at everybody. */
function bruteForce(
  query: NewFace,
  rules: { scope: string; gender: string },
  leftOut: string[] = [],
): FaceResult[] {
  const self = people.find((person) => person.id === query.profile_id)!
  if ((query.quality_score ?? 0) < 0.6 || (rules.scope === 'school' && self.school === null)) return []
  return faces
    .filter((face) => {
      const owner = people.find((person) => person.id === face.profile_id)!
      const sameGender = owner.gender === self.gender && ['male', 'female'].includes(self.gender ?? '')
      return (
        face.profile_id !== query.profile_id &&
        (face.quality_score ?? 0) >= 0.6 &&
        face.embedding_model === query.embedding_model &&
        (rules.scope === 'everyone' || owner.school === self.school) &&
        (rules.gender === 'any' || !sameGender) &&
        !leftOut.includes(face.profile_id)
      )
    })
    .map((face) => ({
      face_id: face.id,
      profile_id: face.profile_id,
      similarity_score: scoreOf(factorsOf(query, face), defaultWeights) ?? 0,
    }))
    .filter((result) => result.similarity_score >= threshold)
    .sort((a, b) => b.similarity_score - a.similarity_score)
    .slice(0, limit)
}

function expectSame(found: FaceResult[], expected: FaceResult[]): void {
  expect(found.map((result) => result.face_id)).toEqual(expected.map((result) => result.face_id))
  for (const [i, result] of found.entries()) {
    expect(result.similarity_score).toBeCloseTo(expected[i].similarity_score, 9)
  }
}

describe.each(engines)('search on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    await insertPeople(database, people)
    await insertFaces(database, faces)
    await insertCelebrities(database, celebrities)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.query('delete from matches')
    await set({
      match_scope: 'school',
      match_gender: 'different',
      match_limit: limit,
      match_threshold: threshold,
    })
  })
  async function set(settings: Record<string, unknown>): Promise<void> {
    for (const [key, value] of Object.entries(settings)) {
      await database.query('update system_settings set value = $2 where key = $1', [
        key,
        JSON.stringify(value),
      ])
    }
  }
  const search = (face: NewFace) => database.transact((tx) => searchUsers(tx, face.id))

  test.each([
    { scope: 'school', gender: 'different' },
    { scope: 'everyone', gender: 'different' },
    { scope: 'everyone', gender: 'any' },
  ])('finds what looking at everybody finds: $scope, $gender', async (rules) => {
    await set({ match_scope: rules.scope, match_gender: rules.gender })
    let results = 0
    for (const face of faces) {
      const found = await search(face)
      expectSame(found, face.embedding ? bruteForce(face, rules) : [])
      results += found.length
    }
    expect(results).toBeGreaterThan(100)
  })

  test('celebrities: the best by score, of the same model, for every analysed face', async () => {
    for (const face of faces.slice(10, 30)) {
      const found = await database.transact((tx) => searchCelebrities(tx, face.id))
      const expected = celebrities
        .filter((celebrity) => celebrity.embedding_model === face.embedding_model)
        .map((celebrity) => ({
          id: celebrity.id,
          score: scoreOf(factorsOf(face, celebrity), defaultWeights),
        }))
        .filter((result) => result.score !== null)
        .sort((a, b) => b.score! - a.score!)
        .slice(0, 10)
      expect(found.map((result) => result.celebrity_id)).toEqual(expected.map((result) => result.id))
    }
  })

  test('leaves out whom a block stands between, either way round', async () => {
    const rules = { scope: 'school', gender: 'different' }
    const face = faces[0]
    const [first, second, third] = bruteForce(face, rules)
    const pair = await database.query<{ id: string }>(
      'insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0) returning id',
      [faces[40].id, faces[41].id],
    )
    await database.query(
      `insert into mutual_connections (profile_a_id, profile_b_id, match_id, status)
       values ($1, $2, $5, 'blocked'), ($3, $1, $5, 'blocked'), ($1, $4, $5, 'active')`,
      [face.profile_id, first.profile_id, second.profile_id, third.profile_id, pair[0].id],
    )
    expectSame(await search(face), bruteForce(face, rules, [first.profile_id, second.profile_id]))
    await database.query(`update mutual_connections set status = 'active'`)
  })

  test('leaves out who is matched by another photo, but not this very pair', async () => {
    const rules = { scope: 'school', gender: 'different' }
    const face = faces[0]
    const [first, second] = bruteForce(face, rules)
    const other: NewFace = { ...face, id: uuidOf(2, 900) }
    await insertFaces(database, [other])
    const match = 'insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0)'
    await database.query(match, [first.face_id, other.id])
    await database.query(match, [face.id, second.face_id])
    try {
      expectSame(await search(face), bruteForce(face, rules, [first.profile_id]))
    } finally {
      await database.query('delete from faces where id = $1', [other.id])
    }
  })

  test('a setting that makes no sense is named', async () => {
    // As another client wrote it, before the database saw to it.
    await database.query('alter table system_settings disable trigger guard_setting')
    await set({ match_limit: 'many' })
    await database.query('alter table system_settings enable trigger guard_setting')
    await expect(search(faces[0])).rejects.toThrow(/match_limit/)
  })
})
