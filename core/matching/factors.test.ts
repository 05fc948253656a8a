import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../tests/factories/engines'
import { seeded } from '../../tests/factories/random'
import { toVectorText } from '../database/tables'
import { embeddingLength, expressions, geometryRatioNames } from '../model/face'
import { defaultWeights, factorNames, weightsSchema, type Factors } from '../model/weights'
import { factorsOf, geometryScales, scoreOf, type ScoredFace } from './factors'

const whole: ScoredFace = {
  embedding: Array.from({ length: embeddingLength }, (_, i) => (i % 2 ? 0.04 : -0.03)),
  geometry_ratios: Object.fromEntries(geometryRatioNames.map((name, i) => [name, 0.2 + i / 20])),
  age: 21,
  symmetry_score: 0.9,
  skin_tone_lab: [65, 14, 18],
  expression: 'happy',
}
const orthogonal =
  whole.embedding && Array.from(whole.embedding, (x, i) => (i % 2 ? 0.03 * (x / 0.04) : 0.04))

describe('the six factors', () => {
  test('a face and itself score 1 in every factor', () => {
    const factors = factorsOf(whole, whole)
    for (const name of factorNames) expect(factors[name]).toBeCloseTo(1, 12)
    expect(scoreOf(factors, defaultWeights)).toBeCloseTo(1, 12)
  })

  test('each has the value that its formula says', () => {
    const other: ScoredFace = {
      embedding: orthogonal,
      // One standard deviation in each ratio.
      geometry_ratios: Object.fromEntries(
        geometryRatioNames.map((name, i) => [name, 0.2 + i / 20 + 1 / geometryScales[i]]),
      ),
      age: 31,
      symmetry_score: 0.6,
      skin_tone_lab: [65 - 9, 14, 18 - 12],
      expression: 'neutral',
    }
    const factors = factorsOf(whole, other)
    expect(factors.embedding).toBeCloseTo(0, 6)
    expect(factors.geometry).toBeCloseTo(Math.exp(-0.5), 4)
    expect(factors.age).toBeCloseTo(Math.exp(-0.5), 12)
    expect(factors.symmetry).toBeCloseTo(0.7, 12)
    expect(factors.skin_tone).toBeCloseTo(Math.exp(-0.5), 9)
    expect(factors.expression).toBe(0.5)
    expect(factorsOf(whole, { ...whole, expression: 'sad' }).expression).toBe(0)
    expect(
      factorsOf(whole, { ...whole, embedding: whole.embedding!.length ? negate(whole) : null }).embedding,
    ).toBe(0)
  })

  test('what a side lacks drops out, and the other weights are renormalised', () => {
    const factors = factorsOf(whole, { ...whole, age: null, expression: 'sad', skin_tone_lab: [40, 200, 3] })
    expect(factors.age).toBeNull()
    expect(factors.skin_tone).toBeNull()
    expect(scoreOf(factors, defaultWeights)).toBeCloseTo((0.2 + 0.2 + 0.15) / (0.2 + 0.2 + 0.15 + 0.15), 12)
  })

  test('no score without the embedding, with the embedding alone, or where all that is known weighs nothing', () => {
    const only = (known: Partial<Factors>): Factors => ({
      embedding: null,
      geometry: null,
      age: null,
      symmetry: null,
      skin_tone: null,
      expression: null,
      ...known,
    })
    expect(scoreOf(only({ geometry: 1, age: 1, symmetry: 1 }), defaultWeights)).toBeNull()
    expect(scoreOf(only({ embedding: 1 }), defaultWeights)).toBeNull()
    expect(scoreOf(only({ embedding: 0.5, age: 1 }), defaultWeights)).toBeCloseTo(
      (0.2 * 0.5 + 0.15) / 0.35,
      12,
    )
    const geometryAlone = { embedding: 0, geometry: 1, age: 0, symmetry: 0, skin_tone: 0, expression: 0 }
    expect(scoreOf(only({ embedding: 0.5, age: 1 }), geometryAlone)).toBeNull()
  })
})

function negate(face: ScoredFace): number[] {
  return Array.from(face.embedding!, (x) => -x)
}

/** Finite numbers of any size, zero, and what is no number at all. */
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324),
)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const hole = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 6 })

/** A random direction of a given length. Kept as its recipe, so that a counterexample can be read. */
interface Direction {
  seed: number
  length: number
}
const direction: fc.Arbitrary<Direction> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  length: fc.constantFrom(1, 1, 1, 22, 0.02, 900, 1100, 0, 1e-20, 1e18),
})
function toEmbedding({ seed, length }: Direction): number[] {
  const random = seeded(seed)
  const elements = Array.from({ length: embeddingLength }, () => random() - 0.5)
  const norm = Math.hypot(...elements)
  return elements.map((element) => Math.fround((element / norm) * length))
}

const ratios = fc.oneof(
  fc.record(
    Object.fromEntries(geometryRatioNames.map((name) => [name, fc.double({ min: 0, max: 2, noNaN: true })])),
  ),
  fc.record(
    Object.fromEntries(
      geometryRatioNames.map((name) => [
        name,
        fc.oneof({ weight: 20, arbitrary: finite }, fc.constantFrom(null, 'x')),
      ]),
    ),
    { requiredKeys: [...geometryRatioNames.slice(1)] },
  ),
)

const skinTone = fc.oneof(
  fc.tuple(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: -128, max: 128, noNaN: true }),
    fc.double({ min: -128, max: 128, noNaN: true }),
  ),
  fc.array(fc.option(anyNumber, { freq: 8 }), { maxLength: 4 }),
)

type Recipe = Omit<ScoredFace, 'embedding'> & { embedding: Direction | null }
const face: fc.Arbitrary<Recipe> = fc.record({
  embedding: hole(direction),
  geometry_ratios: hole(ratios),
  age: hole(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
  symmetry_score: hole(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), anyNumber)),
  skin_tone_lab: hole(skinTone),
  expression: hole(fc.constantFrom<string>(...expressions, 'contempt', '')),
})

/** Pairs that share a side's values often enough for every factor to be seen close to 1 as well. */
const pair = fc
  .tuple(face, face, fc.subarray(Object.keys(whole) as (keyof ScoredFace)[]))
  .map(([a, b, shared]) => {
    const same = Object.fromEntries(shared.map((key) => [key, a[key]]))
    return [a, { ...b, ...same }] as const
  })

const weights = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 6, maxLength: 6 })
  .filter((parts) => parts.reduce((sum, part) => sum + part, 0) > 1e-3)
  .map((parts) => {
    const sum = parts.reduce((total, part) => total + part, 0)
    return weightsSchema.parse(Object.fromEntries(factorNames.map((name, i) => [name, parts[i] / sum])))
  })

describe.each(engines)('the score in SQL on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
  })
  afterAll(() => database.close())

  test('equals the score in TypeScript within 1e-9, both ways round', { timeout: 120_000 }, async () => {
    const { query } = database
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 16, maxLength: 16 }), weights, async (recipes, weight) => {
        const pairs = recipes.map(([a, b]) => [toFace(a), toFace(b)] as const)
        await query(`update system_settings set value = $1 where key = 'matching_weights'`, [
          JSON.stringify(weight),
        ])
        const sides = pairs.map(([a, b]) => [toRow(a), toRow(b)])
        const rows = await query<{ forth: number | null; back: number | null }>(scoreQuery, [
          JSON.stringify(sides),
        ])
        for (const [i, [a, b]] of pairs.entries()) {
          const expected = scoreOf(factorsOf(a, b), weight)
          expectScore(rows[i].forth, expected)
          expectScore(rows[i].back, expected)
        }
      }),
      { numRuns: 25 },
    )
  })
})

function expectScore(actual: number | null, expected: number | null): void {
  if (expected === null) return expect(actual).toBeNull()
  expect(actual).not.toBeNull()
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-9)
  expect(expected).toBeGreaterThanOrEqual(0)
  expect(expected).toBeLessThanOrEqual(1 + 1e-12)
}

function toFace(recipe: Recipe): ScoredFace {
  return { ...recipe, embedding: recipe.embedding && toEmbedding(recipe.embedding) }
}

/** As text, since JSON has no NaN and a database driver rounds nothing that is text. */
function toRow(side: ScoredFace): Record<string, string | number | null> {
  const lab = side.skin_tone_lab
  return {
    embedding: side.embedding && toVectorText(side.embedding),
    age: side.age,
    symmetry: side.symmetry_score === null ? null : String(side.symmetry_score),
    skin_tone: lab && `{${Array.from(lab, (part) => (part === null ? 'null' : String(part))).join(',')}}`,
    expression: side.expression,
    geometry: side.geometry_ratios && JSON.stringify(side.geometry_ratios),
  }
}

const columns = (side: string) =>
  `(${side} ->> 'embedding')::extensions.vector, (${side} ->> 'age')::integer, (${side} ->> 'symmetry')::float8,
   (${side} ->> 'skin_tone')::float8[], ${side} ->> 'expression', (${side} ->> 'geometry')::jsonb`
const scoreQuery = `
  select calculate_advanced_similarity(${columns('a')}, ${columns('b')}) as forth,
         calculate_advanced_similarity(${columns('b')}, ${columns('a')}) as back
  from (select side -> 0 as a, side -> 1 as b, n from jsonb_array_elements($1::jsonb) with ordinality as s(side, n)) as s
  order by n`
