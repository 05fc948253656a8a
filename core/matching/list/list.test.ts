import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { openMatchedHost, type MatchedHost } from '../../../tests/factories/matched-host'
import { factorNames } from '../../model/weights'
import { matchSorts, type ListedMatchView, type MatchSort } from '../contract-list'

type ListInput = Parameters<TestCaller['client']['matching']['list']>[0]

const valueOf = (match: ListedMatchView, sort: MatchSort): number | null => {
  if (sort === 'score') return match.similarity_score
  if (sort === 'newest') return match.created_at.getTime()
  return sort === 'quality' ? match.least_quality : match.factors[sort]
}

describe.each(await testEngines())('the list of matches on %s', (engine) => {
  let host: MatchedHost
  let moderator: TestCaller
  let curator: TestCaller
  let all: ListedMatchView[]
  const list = (input: ListInput) => moderator.client.matching.list(input)
  const idsOf = async (input: ListInput) => (await list(input)).items.map(({ id }) => id).toSorted()
  const service: MatchedHost['database']['asService'] = (work) => host.database.asService(work)

  beforeAll(async () => {
    host = await openMatchedHost(engine)
    moderator = await host.signUp('moderator')
    curator = await host.signUp('curator')
    // Something is missing of somebody, and each pair is of another quality and day.
    await service((tx) =>
      tx
        .updateTable('faces')
        .set({ age: null, skin_tone_lab: null, quality_score: 0.7 })
        .where('id', '=', host.people[0].face)
        .execute(),
    )
    const { items } = await list({})
    for (const [day, { id }] of items.entries()) {
      await service((tx) =>
        tx
          .updateTable('matches')
          .set({ created_at: `2026-03-0${day + 1}T12:00:00Z` })
          .where('id', '=', id)
          .execute(),
      )
    }
    all = (await list({})).items
    expect(all).toHaveLength(5)
  })
  afterAll(() => host.close())

  test.each(matchSorts.flatMap((sort) => [[sort, 'desc'] as const, [sort, 'asc'] as const]))(
    'by %s %s: in order, what is not known last, and the same by pages and by windows',
    async (sort, direction) => {
      const whole = (await list({ sort, direction })).items
      const known = whole.map((match) => valueOf(match, sort)).filter((value) => value !== null)
      expect(known).toEqual(known.toSorted((a, b) => (direction === 'desc' ? b - a : a - b)))
      expect(whole.slice(known.length).every((match) => valueOf(match, sort) === null)).toBe(true)
      if (sort === 'age') expect(known.length).toBeLessThan(5)

      const walked: string[] = []
      let cursor: string | undefined
      do {
        const page = await list({ sort, direction, limit: 2, cursor })
        expect(page.total).toBe(5)
        walked.push(...page.items.map(({ id }) => id))
        cursor = page.next_cursor ?? undefined
      } while (cursor)
      const { snapshot } = await list({ sort, direction, limit: 1 })
      const windows = await Promise.all(
        [3, 0, 4, 2].map((offset) => list({ sort, direction, offset, snapshot, limit: 1 })),
      )
      const ids = whole.map(({ id }) => id)
      expect(walked).toEqual(ids)
      expect(windows.map(({ items }) => items[0].id)).toEqual([3, 0, 4, 2].map((place) => ids[place]))
      expect(await moderator.client.matching.ids({ sort, direction })).toEqual({ ids })
    },
  )

  test('a snapshot and a walk leave out what comes later, and live through a removal', async () => {
    const first = await list({ sort: 'newest', direction: 'asc', limit: 2 })
    const late = await service((tx) =>
      tx
        .insertInto('matches')
        .values({
          ...{ face_a_id: host.people[0].face, face_b_id: host.people[4].face, similarity_score: 0.99 },
          created_at: new Date(Date.now() + 60_000),
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    )
    const next = await list({ sort: 'newest', direction: 'asc', limit: 200, cursor: first.next_cursor! })
    expect(next.items).toHaveLength(3)
    expect(next.items.map(({ id }) => id)).not.toContain(late.id)
    const window = await list({
      ...{ sort: 'newest', direction: 'asc', limit: 200, offset: 2, snapshot: first.snapshot },
    })
    expect(window.items).toEqual(next.items)
    await service((tx) => tx.deleteFrom('matches').where('id', '=', late.id).execute())
  })

  test('a token of another list, or two of them, are refused', async () => {
    const { snapshot, next_cursor } = await list({ limit: 2 })
    const refused = expect.objectContaining({ code: 'BAD_REQUEST' }) as Error
    await expect(list({ sort: 'age', snapshot, offset: 2 })).rejects.toEqual(refused)
    await expect(list({ school: 'North', cursor: next_cursor! })).rejects.toEqual(refused)
    await expect(list({ cursor: next_cursor!, snapshot })).rejects.toEqual(refused)
    await expect(list({ offset: 3 })).rejects.toEqual(refused)
    await expect(list({ snapshot: 'bm9uc2Vuc2U' })).rejects.toEqual(refused)
  })

  test('ranges of scores, factors, quality and days, both bounds inclusive but the last day', async () => {
    const [, second, third] = all.toSorted((a, b) => b.similarity_score - a.similarity_score)
    const bounds = { min_score: third.similarity_score, max_score: second.similarity_score }
    expect(await idsOf(bounds)).toEqual([second.id, third.id].toSorted())
    for (const name of factorNames) {
      const known = all.filter((match) => match.factors[name] !== null)
      const least = Math.min(...known.map((match) => match.factors[name]!))
      const expected = known.filter((match) => match.factors[name] === least).map(({ id }) => id)
      expect(await idsOf({ factors: { [name]: { max: least } } }), name).toEqual(expected.toSorted())
    }
    const poor = all.filter(({ least_quality }) => least_quality === 0.7)
    expect(poor).toHaveLength(2)
    expect(await idsOf({ max_quality: 0.7 })).toEqual(poor.map(({ id }) => id).toSorted())
    expect(await idsOf({ min_quality: 0.8 })).toHaveLength(3)
    const [from, to] = [new Date('2026-03-02T12:00:00Z'), new Date('2026-03-04T12:00:00Z')]
    const days = all.filter(({ created_at }) => created_at >= from && created_at < to)
    expect(days).toHaveLength(2)
    expect(await idsOf({ from, to })).toEqual(days.map(({ id }) => id).toSorted())
    expect(await moderator.client.matching.count({ from, to })).toEqual({ total: 2 })
  })

  test('schools and names of either side, and models', async () => {
    expect(await idsOf({ school: 'South' })).toHaveLength(1)
    expect(await idsOf({ search: 'PERSON 1' })).toHaveLength(2)
    expect(await idsOf({ search: '%' })).toEqual([])
    const [moved] = host.people
    const ofMoved = all.filter(({ a, b }) => [a.face_id, b.face_id].includes(moved.face))
    const set = (column: 'embedding_model', value: string) =>
      service((tx) =>
        tx
          .updateTable('faces')
          .set({ [column]: value })
          .where('id', '=', moved.face)
          .execute(),
      )
    await set('embedding_model', 'other/model')
    expect(await moderator.client.matching.models()).toEqual([
      { embedding_model: 'test/model', matches: 3 },
      { embedding_model: null, matches: 2 },
    ])
    expect(await idsOf({ embedding_model: null })).toEqual(ofMoved.map(({ id }) => id).toSorted())
    const { items } = await list({ embedding_model: null })
    expect(items.map(({ factors }) => factors.embedding)).toEqual([null, null])
    expect(await idsOf({ embedding_model: 'test/model' })).toHaveLength(3)
    await set('embedding_model', 'test/model')
    await service((tx) =>
      tx.updateTable('profiles').set({ school: 'West' }).where('id', '=', moved.caller.id).execute(),
    )
    expect(await idsOf({ school: 'West' })).toEqual(ofMoved.map(({ id }) => id).toSorted())
    await service((tx) =>
      tx.updateTable('profiles').set({ school: 'North' }).where('id', '=', moved.caller.id).execute(),
    )
  })

  test('who likes it, who has viewed it and who is connected; curators see no connections', async () => {
    const [none, one, both] = all.map(({ id }) => id)
    const react = (match: ListedMatchView, side: 'a' | 'b', reaction_type: string) =>
      service((tx) =>
        tx
          .insertInto('reactions')
          .values({ match_id: match.id, user_profile_id: match[side].profile_id, reaction_type })
          .execute(),
      )
    await react(all[1], 'a', 'like')
    await react(all[1], 'a', 'viewed')
    await react(all[2], 'a', 'like')
    await react(all[2], 'b', 'like')
    expect(await idsOf({ liked: 'one' })).toEqual([one])
    expect(await idsOf({ liked: 'both' })).toEqual([both])
    expect(await idsOf({ liked: 'none' })).toContain(none)
    expect(await idsOf({ liked: 'none' })).toHaveLength(3)
    expect(await idsOf({ viewed: true })).toEqual([one])
    expect(await idsOf({ viewed: false })).toHaveLength(4)
    // The second like has connected them.
    expect(await idsOf({ connection: 'active' })).toEqual([both])
    expect(await idsOf({ connection: 'none' })).toHaveLength(4)
    expect(await idsOf({ connection: 'blocked', liked: 'both' })).toEqual([])
    const rows = (await list({})).items
    const row = (id: string) => rows.find((match) => match.id === id)
    expect(row(one)).toMatchObject({ likes: 1, views: 1, connection: null })
    expect(row(both)).toMatchObject({ likes: 2, views: 0, connection: 'active' })
    const seen = (await curator.client.matching.list({})).items.find(({ id }) => id === both)
    expect(seen).toMatchObject({ likes: 2, connection: null })
    for (const call of ['list', 'count', 'ids'] as const) {
      await expect(curator.client.matching[call]({ connection: 'none' })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
    }
  })

  test('more than 10,000 ids are refused', async () => {
    await host.database.asOwner(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`insert into public.match_facts (id, similarity_score, created_at)
        select md5(n::text)::uuid, 0, now() from generate_series(1, 10001) n`.execute(tx)
    })
    await expect(moderator.client.matching.ids({ max_score: 0 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await host.database.asOwner((tx) =>
      sql`delete from public.match_facts where similarity_score = 0`.execute(tx),
    )
  })
})
