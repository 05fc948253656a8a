import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { queryIn } from '../../../tests/factories/engines'
import { openMatchedHost, type MatchedHost } from '../../../tests/factories/matched-host'
import { fromVectorText } from '../../database/tables'
import { defaultWeights } from '../../model/weights'
import { factorsOf, scoreOf, type ScoredFace } from '../factors'
import { pairUp } from './population'

test('strangers are paired without a pair twice or anybody with themself', () => {
  for (const size of [0, 1, 2, 3, 4, 7, 40]) {
    const people = Array.from({ length: size }, (_, i) => `p${i}`)
    const pairs = pairUp(people, people)
    const names = pairs.map((pair) => pair.toSorted().join(' '))
    expect(new Set(names).size, `${size}`).toBe(pairs.length)
    expect(pairs.every(([a, b]) => a !== b)).toBe(true)
    // An even number leaves out the pairs that stand opposite each other, unless there is but one.
    expect(pairs.length).toBe(size === 2 ? 1 : size * Math.max(0, Math.floor((size - 1) / 2)))
    const stars = ['s0', 's1', 's2']
    expect(new Set(pairUp(people, stars).map((pair) => pair.join(' '))).size).toBe(size * 3)
  }
  const many = Array.from({ length: 2_500 }, (_, i) => `p${i}`)
  expect(pairUp(many, many)).toHaveLength(2_000)
})

describe.each(await testEngines())('where a score stands on %s', (engine) => {
  let host: MatchedHost
  let moderator: TestCaller
  const owner = <Row>(text: string, values: unknown[] = []) =>
    host.database.asOwner((tx) => queryIn<Row>(tx, text, values))
  type Scored = ScoredFace & { id: string; profile_id: string | null; embedding: number[] }
  const facesIn = async (table: string): Promise<Scored[]> => {
    const rows = await owner<Omit<Scored, 'embedding'> & { embedding: string }>(
      `select id, ${table === 'faces' ? 'profile_id' : 'null as profile_id'}, embedding::text as embedding, age,
       symmetry_score, expression, geometry_ratios, skin_tone_lab from ${table}`,
    )
    return rows.map((row) => ({ ...row, embedding: fromVectorText(row.embedding) }))
  }
  const score = (a: ScoredFace, b: ScoredFace) => scoreOf(factorsOf(a, b), defaultWeights)!

  beforeAll(async () => {
    host = await openMatchedHost(engine)
    moderator = await host.signUp('moderator')
  })
  afterAll(() => host.close())

  test('among stored matches, this person’s others and strangers', async () => {
    const { items } = await moderator.client.matching.list({})
    const [best] = items
    const standing = await moderator.client.matching.standing({ id: best.id })
    expect(standing.score).toBe(best.similarity_score)
    expect(standing.threshold).toBe(0)
    // The best of five: four below, and half of itself.
    expect(standing.stored).toMatchObject({ total: 5, percentile: 0.9 })
    expect(standing.stored.counts.reduce((sum, count) => sum + count)).toBe(5)
    expect(standing.stored.counts[Math.floor(best.similarity_score * 50)]).toBeGreaterThan(0)
    for (const side of ['a', 'b'] as const) {
      const ofSide = items.filter(
        ({ id, a, b }) => id !== best.id && [a.profile_id, b.profile_id].includes(best[side].profile_id),
      )
      expect(standing[side].stored).toMatchObject({ total: ofSide.length })
      const faces = await facesIn('faces')
      const one = faces.find(({ id }) => id === best[side].face_id)!
      const scores = faces.filter(({ id }) => id !== one.id).map((other) => score(one, other))
      const below = scores.filter((s) => s < best.similarity_score - 1e-9).length
      const equal = scores.filter((s) => Math.abs(s - best.similarity_score) <= 1e-9).length
      expect(standing[side].background.total).toBe(5)
      // One of them is the pair itself, which rounding may put on either side.
      expect(Math.abs(standing[side].background.percentile! - (below + equal / 2) / 5)).toBeLessThanOrEqual(
        0.1,
      )
    }
    // Six people: two turns of six pairs, since the three pairs that stand opposite are left out.
    expect(standing.background.total).toBe(12)
    expect(await moderator.client.matching.standing({ id: best.id })).toEqual(standing)
  })

  test('of a lookalike', async () => {
    const { lookalikes } = await moderator.client.matching.ofFace({ face_id: host.people[0].face })
    const standing = await moderator.client.matching.standing({ id: lookalikes[0].id, kind: 'lookalike' })
    expect(standing.score).toBe(lookalikes[0].similarity_score)
    expect(standing.stored.total).toBe(12)
    expect(standing.background.total).toBe(12)
    expect([standing.a.stored.total, standing.b.stored.total]).toEqual([1, 5])
    expect([standing.a.background.total, standing.b.background.total]).toEqual([2, 6])
    expect(standing.a.stored.percentile).toBe(1)
  })

  test('the nearest are the very ones that scoring everybody gives, and nothing is stored', async () => {
    const count = () =>
      owner(`select (select count(*) from matches)::int as m, (select count(*) from celebrity_matches)::int as c,
        (select count(*) from match_scores)::int as s`)
    const before = await count()
    const [faces, stars] = [await facesIn('faces'), await facesIn('celebrities')]
    const one = faces.find(({ id }) => id === host.people[0].face)!
    const byScore = (others: Scored[]) =>
      others
        .filter(({ id }) => id !== one.id)
        .toSorted((x, y) => score(one, y) - score(one, x))
        .map(({ id }) => id)
    const found = await moderator.client.matching.nearest({ face_id: one.id })
    expect(found.people.map(({ face_id }) => face_id)).toEqual(byScore(faces))
    expect(found.celebrities.map(({ celebrity_id }) => celebrity_id)).toEqual(byScore(stars))
    for (const { face_id, similarity_score, factors, match_id } of found.people) {
      const other = faces.find(({ id }) => id === face_id)!
      expect(similarity_score).toBeCloseTo(score(one, other), 9)
      expect(factors.embedding).toBeCloseTo(factorsOf(one, other).embedding!, 5)
      const { matches } = await moderator.client.matching.ofFace({ face_id })
      expect(match_id).toBe(matches.find(({ a, b }) => [a.face_id, b.face_id].includes(one.id))?.id ?? null)
    }
    expect(found.people.some(({ match_id }) => match_id !== null)).toBe(true)
    expect(found.celebrities.every(({ lookalike_id }) => lookalike_id !== null)).toBe(true)
    expect((await moderator.client.matching.nearest({ face_id: one.id, limit: 1 })).people).toHaveLength(1)

    const star = await moderator.client.matching.nearest({ celebrity_id: stars[0].id })
    expect(star.people).toHaveLength(6)
    expect(star.celebrities.map(({ celebrity_id }) => celebrity_id)).toEqual([stars[1].id])
    expect(await count()).toEqual(before)
  })

  test('of another model nobody is near, and of who is not analysed nothing can be said', async () => {
    await owner(`update faces set embedding_model = 'other' where id = $1`, [host.people[1].face])
    expect(await moderator.client.matching.nearest({ face_id: host.people[1].face })).toEqual({
      people: [],
      celebrities: [],
    })
    await owner(`update faces set embedding = null where id = $1`, [host.people[1].face])
    await expect(moderator.client.matching.nearest({ face_id: host.people[1].face })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })
})
