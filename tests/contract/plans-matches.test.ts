import { join } from 'node:path'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { fillDatabase, planOf, type Askers } from '../../bench/database-data'
import type { Tables } from '../../core/database/tables'
import { countMatches, idsOfMatches, listMatches, pageQuery } from '../../core/matching/list/list-matches'
import { matchListQuerySchema, type MatchListQuery } from '../../core/matching/contract-list'
import { conditionsOf } from '../../core/matching/list/list-query'
import type { Caller } from '../../core/model/caller'
import { createTestDatabase, postgresAvailable, type TestDatabase } from '../factories/database'
import { queryIn } from '../factories/engines'

/**
 * The list of 100,000 matches on PostgreSQL 15, as a moderator asks for it: the plan of its page, and that no filter,
 * order or place takes long. `npx vitest run tests/contract/plans -u` writes the plans anew.
 */
const size = { people: 5_000, faces: 8_000, matches: 100_000 }
const folder = join(import.meta.dirname, 'plans')
/** Of a page. Where the machine does other things as well, so many times what a bare count of the table takes then. */
const [mostMs, mostCounts] = [200, 20]

type Input = z.input<typeof matchListQuerySchema>

describe.skipIf(!(await postgresAvailable()))('the list of 100,000 matches', () => {
  let own: TestDatabase
  let askers: Askers
  let major: number
  const asStaff = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => {
    const { staff: id } = askers
    const claims = { sub: id, role: 'authenticated', aal: 'aal2' }
    return own.database.asUser({ id, email: null, role: 'authenticated', claims } satisfies Caller, work)
  }
  const parse = (input: Input): MatchListQuery => matchListQuerySchema.parse(input)

  beforeAll(async () => {
    own = await createTestDatabase('postgres')
    await own.database.asOwner(async (tx) => {
      askers = await fillDatabase((text, values) => queryIn(tx, text, values), size)
      await queryIn(tx, fillFacts)
      await queryIn(tx, 'analyze public.match_facts, public.reactions, public.mutual_connections')
      const [{ version }] = await queryIn<{ version: number }>(
        tx,
        `select current_setting('server_version_num')::int / 10000 as version`,
      )
      major = version
    })
  }, 120_000)
  afterAll(() => own.close())

  test.each([
    ['score', {}],
    ['newest', { sort: 'newest' }],
    ['geometry', { sort: 'geometry' }],
    ['liked', { liked: 'one', connection: 'none', factors: { age: { min: 0.5 } }, sort: 'age' }],
  ] as const)('plan: by %s', async (name, input) => {
    const query = parse(input)
    const text = await asStaff(async (tx) => {
      const { sql, parameters } = pageQuery(query, conditionsOf(query), 50_000).compile(tx)
      return planOf((statement, values) => queryIn(tx, statement, values), {
        text: sql,
        values: [...parameters],
      })
    })
    // Photos and people are fetched for the page alone.
    expect(text).not.toMatch(/Seq Scan on (faces|profiles|matches)/)
    if (major === 15) await expect(text).toMatchFileSnapshot(join(folder, `matches-${name}.txt`))
  })

  test.each<[string, Input]>([
    ['everything', {}],
    ['the lowest first', { direction: 'asc' }],
    ['by a factor', { sort: 'geometry' }],
    ['by quality, the lowest first', { sort: 'quality', direction: 'asc' }],
    ['of a school', { school: 'School 3' }],
    [
      'of a range of three factors',
      { factors: { age: { min: 0.2 }, geometry: { max: 0.9 }, embedding: { min: 0.1 } } },
    ],
    ['liked by nobody, not viewed', { liked: 'none', viewed: false, sort: 'newest' }],
    ['liked by both and connected', { liked: 'both', connection: 'active' }],
    ['of a name', { search: 'person 42' }],
    ['of a model, by skin tone', { embedding_model: 'pack/a/1', sort: 'skin_tone' }],
  ])('%s: every page within 200 ms', async (name, input) => {
    const timed = async <T>(work: (tx: Transaction<Tables>) => Promise<T>) => {
      const times: number[] = []
      let answer!: T
      for (let run = 0; run < 3; run += 1) {
        answer = await asStaff(async (tx) => {
          const start = performance.now()
          const got = await work(tx)
          times.push(performance.now() - start)
          return got
        })
      }
      return { answer, ms: Math.min(...times) }
    }
    const first = await timed((tx) => listMatches(tx, parse({ ...input, limit: 100 })))
    const { total, snapshot, next_cursor: cursor } = first.answer
    expect(total).toBeGreaterThan(0)
    const window = { ...input, snapshot, limit: 100 }
    const middle = await timed((tx) => listMatches(tx, parse({ ...window, offset: Math.floor(total / 2) })))
    const last = await timed((tx) => listMatches(tx, parse({ ...window, offset: Math.max(0, total - 100) })))
    const next = cursor
      ? await timed((tx) => listMatches(tx, parse({ ...input, cursor, limit: 100 })))
      : first
    expect(last.answer.items).toHaveLength(Math.min(100, total))
    const times = { first: first.ms, middle: middle.ms, last: last.ms, next: next.ms }
    if (process.env['SEMBLANCE_PRINT_TIMES'])
      process.stderr.write(`${name} (${total}): ${JSON.stringify(times)}\n`)
    const bare = await timed((tx) => queryIn(tx, 'select count(*) from public.match_facts'))
    const most = Math.max(mostMs, mostCounts * bare.ms)
    for (const [place, ms] of Object.entries(times)) expect(ms, place).toBeLessThan(most)
    expect((await timed((tx) => countMatches(tx, parse(input)))).answer).toBe(total)
    if (total <= 10_000) {
      expect((await timed((tx) => idsOfMatches(tx, parse(input)))).answer).toHaveLength(total)
    }
  })
})

/** Facts as triggers would have written them, had the faces been analysed; likes and views of some. */
const fillFacts = `
  select setseed(0.5);
  insert into public.match_facts
  select m.id, m.similarity_score, m.created_at, random(), random(), case when random() > 0.1 then random() end,
    random(), case when random() > 0.3 then random() end, random(), 0.6 + 0.4 * random(),
    case when random() > 0.05 then 'pack/a/1' end, a.owner_school, b.owner_school
  from public.matches m
  join public.faces a on a.id = m.face_a_id
  join public.faces b on b.id = m.face_b_id;
  update public.match_facts f set school_a = pa.school, school_b = pb.school
  from public.matches m
  join public.faces a on a.id = m.face_a_id join public.profiles pa on pa.id = a.profile_id
  join public.faces b on b.id = m.face_b_id join public.profiles pb on pb.id = b.profile_id
  where m.id = f.id;
  set local session_replication_role = replica;
  insert into public.reactions (user_profile_id, match_id, reaction_type)
  select f.profile_id, m.id, t.reaction_type
  from public.matches m
  join public.faces f on f.id in (m.face_a_id, m.face_b_id)
  cross join (values ('like', 0.15), ('viewed', 0.4)) as t(reaction_type, share)
  where ('x' || left(md5(m.id::text || f.id || t.reaction_type), 6))::bit(24)::integer < t.share * 16777216
  on conflict do nothing;
  insert into public.mutual_connections (profile_a_id, profile_b_id, match_id)
  select distinct on (least(a.profile_id, b.profile_id), greatest(a.profile_id, b.profile_id))
    least(a.profile_id, b.profile_id), greatest(a.profile_id, b.profile_id), m.id
  from public.matches m
  join public.faces a on a.id = m.face_a_id
  join public.faces b on b.id = m.face_b_id
  where a.profile_id <> b.profile_id
    and (select count(*) from public.reactions r where r.match_id = m.id and r.reaction_type = 'like') = 2;
  set local session_replication_role = origin`
