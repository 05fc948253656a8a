import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../../tests/factories/engines'
import {
  insertCelebrities,
  insertFaces,
  insertPeople,
  randomDirection,
  randomFace,
  uuidOf,
  type NewFace,
} from '../../../tests/factories/people'
import { seeded } from '../../../tests/factories/random'
import { defaultWeights, type Weights } from '../../model/weights'
import { factorsOf, scoreOf } from '../factors'
import { searchCelebrities } from './search'

const random = seeded(53)
/** On the embedded engine, which takes its time to fill, a part of them. */
const counts = { pglite: 2_000, postgres: 10_000 }
const count = counts.postgres
const centres = Array.from({ length: 400 }, () => randomDirection(random))

/**
 * Ten thousand, in clusters; one in ten is another's double to the last bit, so that scores tie, and some lack what a
 * factor compares, are of another model, or have no direction.
 */
const celebrities: Omit<NewFace, 'profile_id'>[] = []
for (let i = 0; i < count; i += 1) {
  const face = i % 10 === 9 ? celebrities[i - 1] : randomFace(random, centres[i % centres.length])
  celebrities.push({
    ...face,
    ...{ id: uuidOf(3, i), quality_score: 0.9, embedding_model: i % 31 === 30 ? 'pack/2' : 'pack/1' },
    ...(i % 7 === 3 && { geometry_ratios: null }),
    ...(i % 13 === 4 && { skin_tone_lab: null, age: null }),
    ...(i % 17 === 5 && { expression: null, symmetry_score: null }),
    ...(i % 97 === 6 && { embedding: null }),
    ...(i % 101 === 7 && { embedding: Array.from({ length: 512 }, () => Math.fround(1e-6)) }),
    ...(i % 103 === 8 && {
      ...{ geometry_ratios: null, age: null, symmetry_score: null, skin_tone_lab: null, expression: null },
    }),
  })
}
const person = { id: uuidOf(1, 0), school: 'North', gender: 'female' }
/** Whole, with holes on their own side, and one that is a celebrity's double. */
const faces: NewFace[] = [
  randomFace(random, centres[0]),
  { ...randomFace(random, centres[1]), geometry_ratios: null },
  { ...randomFace(random, centres[2]), age: null, skin_tone_lab: null, expression: null },
  celebrities[1238],
].map((face, i) => ({
  ...face,
  ...{ id: uuidOf(2, i), profile_id: person.id, quality_score: 0.9, embedding_model: 'pack/1' },
}))

/** What the search must return, by looking at everybody: best first, and of equal scores the lower id. */
function bruteForce(
  among: typeof celebrities,
  face: NewFace,
  { weights, threshold, limit }: { weights: Weights; threshold: number; limit: number },
) {
  return among
    .filter((celebrity) => celebrity.embedding_model === face.embedding_model)
    .map((celebrity) => ({ id: celebrity.id, score: scoreOf(factorsOf(face, celebrity), weights) ?? -1 }))
    .filter(({ score }) => score >= threshold)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
}

describe.each(engines)('the search of thousands of celebrities on %s', (engine) => {
  const there = celebrities.slice(0, counts[engine])
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
    // Building it would take most of the time, and no search reads it.
    await database.query('drop index idx_celebrities_embedding')
    await insertPeople(database, [person])
    await insertFaces(database, faces)
    for (let from = 0; from < there.length; from += 500)
      await insertCelebrities(database, there.slice(from, from + 500))
  }, 240_000)
  afterAll(() => database.close())
  const set = (key: string, value: unknown) =>
    database.query('update system_settings set value = $2 where key = $1', [key, JSON.stringify(value)])

  test.each([
    { name: 'the default weights', weights: defaultWeights, threshold: 0, limit: 10 },
    { name: 'a threshold that most miss', weights: defaultWeights, threshold: 0.6, limit: 200 },
    {
      ...{ name: 'the embedding alone', threshold: 0, limit: 10 },
      weights: { embedding: 1, geometry: 0, age: 0, symmetry: 0, skin_tone: 0, expression: 0 },
    },
    {
      ...{ name: 'a factor of which most are equal', threshold: 0, limit: 25 },
      weights: { embedding: 0, geometry: 0, age: 0, symmetry: 0, skin_tone: 0, expression: 1 },
    },
  ])('finds what looking at everybody finds: $name', { timeout: 60_000 }, async (rules) => {
    await set('matching_weights', rules.weights)
    await set('celebrity_match_threshold', rules.threshold)
    await set('celebrity_match_limit', rules.limit)
    let results = 0
    for (const face of faces) {
      const found = await database.transact((tx) => searchCelebrities(tx, face.id))
      const expected = bruteForce(there, face, rules)
      results += found.length
      expect(found.length).toBe(expected.length)
      for (const [i, { similarity_score: score }] of found.entries())
        expect(score).toBeCloseTo(expected[i].score, 9)
      // Where scores differ by less than the two programs may, either order is right; equal ones come by id.
      const scores = new Map(expected.map(({ id, score }) => [id, score]))
      const last = expected.at(-1)?.score ?? 0
      for (const { celebrity_id: id, similarity_score: score } of found)
        expect(scores.get(id) ?? last).toBeCloseTo(score, 9)
      for (const [i, one] of found.entries()) {
        const next = found.at(i + 1)
        if (next?.similarity_score === one.similarity_score)
          expect(one.celebrity_id < next.celebrity_id).toBe(true)
      }
    }
    expect(results).toBeGreaterThan(20)
  })
})
