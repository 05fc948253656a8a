import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestCaller } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import { openMatchedHost, type MatchedHost } from '../../tests/factories/matched-host'
import { defaultWeights } from '../model/weights'

describe.each(await testEngines())('matches on %s', (engine) => {
  let host: MatchedHost
  let moderator: TestCaller
  let people: MatchedHost['people']

  beforeAll(async () => {
    host = await openMatchedHost(engine)
    ;({ people } = host)
    moderator = await host.signUp('moderator')
  })
  afterAll(() => host.close())

  test.each(['score', 'newest'] as const)('pages by %s meet every match once, in order', async (sort) => {
    const seen = []
    let cursor: string | undefined
    do {
      const page = await moderator.client.matching.list({ sort, limit: 2, cursor })
      // Two of each gender in the North make four pairs; the South has one.
      expect(page.total).toBe(5)
      seen.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(5)
    const keys = seen.map((match) => (sort === 'score' ? match.similarity_score : match.created_at.getTime()))
    expect(keys).toEqual(keys.toSorted((a, b) => b - a))
  })

  test('a match says who, and why', async () => {
    const { items } = await moderator.client.matching.list({})
    const [best] = items
    expect(best.a.name).toMatch(/^Person/)
    expect(new Set([best.a.gender, best.b.gender])).toEqual(new Set(['female', 'male']))
    expect(best.a.thumbnail_url).toMatch(/^http/)
    const pair = await moderator.client.matching.get({ id: best.id })
    expect(pair).toMatchObject({ id: best.id, weights: defaultWeights, threshold: 0 })
    // The list's embedding factor comes from the database in single precision, the pair's from its numbers.
    for (const [name, factor] of Object.entries(pair.factors)) {
      expect(best.factors[name as keyof typeof best.factors], name).toBeCloseTo(factor!, 5)
    }
    expect(pair.current_score).toBeCloseTo(pair.similarity_score, 9)
    expect(pair.a).toMatchObject({ name: best.a.name, age: best.a.age })
    expect(pair.a.image_url).toMatch(/^http/)
  })

  test('filters', async () => {
    const all = (await moderator.client.matching.list({})).items
    const totalOf = async (query: Parameters<TestCaller['client']['matching']['list']>[0]) => {
      const page = await moderator.client.matching.list(query)
      expect(page.items).toHaveLength(page.total)
      return page.total
    }
    expect(await totalOf({ school: 'South' })).toBe(1)
    expect(await totalOf({ school: 'Nowhere' })).toBe(0)
    expect(await totalOf({ search: 'person 0' })).toBe(2)
    expect(await totalOf({ min_score: all[1].similarity_score })).toBe(2)
    expect(await totalOf({ max_score: all[2].similarity_score })).toBe(3)
  })

  test('embeddings of two models are never compared', async () => {
    const [match] = (await moderator.client.matching.list({ school: 'South' })).items
    const setModel = (model: string) =>
      host.database.asService((tx) =>
        tx.updateTable('faces').set({ embedding_model: model }).where('id', '=', match.a.face_id).execute(),
      )
    await setModel('other/model')
    const [listed] = (await moderator.client.matching.list({ school: 'South' })).items
    expect(listed.factors.embedding).toBeNull()
    expect(await moderator.client.matching.get({ id: match.id })).toMatchObject({
      current_score: null,
      factors: { embedding: null },
    })
    await setModel('test/model')
  })

  test('of one face: its matches and its lookalikes, best first', async () => {
    const { face, caller } = people[0]
    const found = await moderator.client.matching.ofFace({ face_id: face })
    expect(found.matches).toHaveLength(2)
    expect(found.matches.every(({ a, b }) => a.face_id === face || b.face_id === face)).toBe(true)
    expect(found.lookalikes.map(({ celebrity }) => celebrity.name).toSorted()).toEqual(['Star 1', 'Star 2'])
    expect(found.lookalikes[0].similarity_score).toBeGreaterThanOrEqual(found.lookalikes[1].similarity_score)

    const pair = await moderator.client.matching.getLookalike({ id: found.lookalikes[0].id })
    expect(pair).toMatchObject({ celebrity_id: found.lookalikes[0].celebrity.id, a: { name: 'Person 0' } })
    expect(pair.b.name).toBe(found.lookalikes[0].celebrity.name)
    expect(pair.factors.embedding).toBeCloseTo(found.lookalikes[0].factors.embedding!, 5)

    const own = await caller.client.matching.ofFace({ face_id: face })
    expect(own.lookalikes).toHaveLength(2)
    await expect(people[1].caller.client.matching.ofFace({ face_id: face })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('unusable weights are named, not worked with', async () => {
    const [match] = (await moderator.client.matching.list({})).items
    // As another client wrote it, before the database saw to it.
    const setWeights = (value: string) =>
      host.database.asOwner(async (tx) => {
        await sql`alter table public.system_settings disable trigger guard_setting`.execute(tx)
        await tx.updateTable('system_settings').set({ value }).where('key', '=', 'matching_weights').execute()
        await sql`alter table public.system_settings enable trigger guard_setting`.execute(tx)
      })
    await setWeights('{"embedding": 2}')
    await expect(moderator.client.matching.get({ id: match.id })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('matching_weights') as string,
    })
    await setWeights(JSON.stringify(defaultWeights))
  })
})
