import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationsDirectory as directory, postgresAvailable } from '../../../tests/factories/database'
import { belongings, createAdoptable, lost } from '../../../tests/factories/adoptable'
import { startTraffic } from '../../../tests/factories/traffic'
import { referenceOf } from '../../../tests/factories/reference'
import { checkDatabase } from '../conformance/check-database'
import { migrate } from '../migrate'
import { adoptDatabase, type AdoptOptions } from './adopt'
import type { AdoptionPlan } from './model'
import { reportPlan } from './report'

const options = (given: Partial<AdoptOptions> = {}): AdoptOptions => ({
  ...{ directory, referenceOf, confirm: () => Promise.resolve(true) },
  ...given,
})

/** The one whose default face is missing, which adoption finds. */
const isFilled = (row: string) => row === 'public.profiles 00000001-0000-4000-8000-00000000000a'

describe.skipIf(!(await postgresAvailable()))('adopting a database of somebody else’s', () => {
  let theirs: Awaited<ReturnType<typeof createAdoptable>>
  beforeAll(async () => {
    theirs = await createAdoptable()
  })
  afterAll(() => theirs.close())

  test('migrating it without is refused with what to do', async () => {
    await expect(migrate({ url: theirs.url }, { directory })).rejects.toThrow(/migrate --adopt/)
  })

  test('what is planned is what is done; nothing of theirs changes; readers and writers go on', async () => {
    const before = await belongings(theirs.client)
    const sent: string[] = []
    const plans: AdoptionPlan[] = []
    const traffic = startTraffic(theirs.url)
    const { plan, executed, done } = await adoptDatabase(
      { url: theirs.url },
      options({
        confirm: async (shown) => plans.push(shown) === 1,
        onStatement: (statement) => sent.push(statement),
      }),
    ).finally(() => traffic.stop())
    const { slowestMs, count } = await traffic.stop()
    expect({ executed, done }).toEqual({ executed: true, done: true })
    expect(plan).toBe(plans[0])
    // A batch runs until there is nothing left; else each statement once, in order.
    const once = sent.filter((statement, index) => statement !== sent[index - 1])
    const planned = plan.steps.flatMap(({ kind, statements }) =>
      kind === 'batches' ? statements.slice(-1) : statements,
    )
    expect(new Set(once)).toEqual(new Set(planned))
    expect(once.filter((statement, index) => once.indexOf(statement) === index)).toEqual(
      planned.filter((statement, index) => planned.indexOf(statement) === index),
    )
    const destructive =
      /^(drop|truncate|delete from public|alter table .* drop column|alter table .* rename)/i
    expect(planned.filter((statement) => destructive.test(statement))).toEqual([])
    expect(count).toBeGreaterThan(100)
    expect(slowestMs).toBeLessThan(1_000)

    const after = await belongings(theirs.client)
    expect(lost(before.objects, after.objects)).toEqual([])
    expect(
      lost(before.rows, after.rows).filter((row) => !isFilled(row) && !traffic.touched.has(row)),
    ).toEqual([])
  }, 180_000)

  test('it conforms then, a second adoption does nothing, and migrating neither', async () => {
    const { migrations, conformance } = await checkDatabase({ url: theirs.url }, { directory, referenceOf })
    expect(migrations).toMatchObject({ pending: [], changed: [], unknown: [] })
    expect(conformance).toMatchObject({ conforms: true, documented: [], ours: [] })
    expect(conformance.kept.map(({ object }) => object)).toEqual(
      expect.arrayContaining([
        'trigger semblance_create_profile on auth.users',
        'trigger auto_create_match_job on public.faces',
        'policy profiles_update on public.profiles',
      ]),
    )
    expect(conformance.extra).toContainEqual({ object: 'table public.campuses', from: null })
    const { plan, executed } = await adoptDatabase({ url: theirs.url }, options())
    expect({ done: plan.done, executed }).toEqual({ done: true, executed: false })
    expect(reportPlan(plan)).toMatch(/Nothing to do/)
    expect(await migrate({ url: theirs.url }, { directory })).toMatchObject({ applied: [] })
  }, 120_000)

  test('what our columns and triggers would have held is there; analysed again is what no browser shows', async () => {
    const one = async (text: string) => (await theirs.client.query<Record<string, unknown>>(text)).rows[0]
    expect(
      await one(`select count(*)::int as stale from faces f join profiles p on p.id = f.profile_id
        where embedding is not null and (embedding_norm is null or geometry is null or skin_tone is null
          or owner_school is distinct from p.school or owner_gender is distinct from p.gender)`),
    ).toEqual({ stale: 0 })
    expect(
      await one(`select name, email from profiles where id = '00000001-0000-4000-8000-0000000007d0'`),
    ).toEqual({
      name: 'Old',
      email: 'old@north.edu',
    })
    expect(
      await one(`select count(*)::int as missing from profiles p where default_face_id is null
        and exists (select from faces f where f.profile_id = p.id)`),
    ).toEqual({ missing: 0 })
    expect(
      await one(`select count(*)::int as jobs, count(*) filter (where f.embedding is not null)::int as again
        from match_jobs j join faces f on f.id = j.face_id where j.status = 'pending' and j.start_stage is null`),
    ).toEqual({ jobs: 2, again: 0 })
    expect(
      await one(`select array_agg(coalesce(f.image_path, c.image_path) order by c.id nulls first) as photos
        from (select face_id, null::uuid as celebrity_id from match_jobs where start_stage = 'fetch'
          union all select null, celebrity_id from celebrity_jobs where start_stage = 'fetch') as j
        left join faces f on f.id = j.face_id left join celebrities c on c.id = j.celebrity_id`),
    ).toEqual({ photos: ['00000001-0000-4000-8000-000000000008/7.tiff', '7.TIF'] })
    expect(await one('select count(*)::int as blocks from private.blocks')).toEqual({ blocks: 1 })
    expect(
      await one(`select allowed_mime_types as types from storage.buckets where id = 'celebrity-images'`),
    ).toEqual({
      types: ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif', 'image/tiff'],
    })
    expect(await one(`select value from system_settings where key = 'match_threshold'`)).toEqual({
      value: 0.55,
    })
    expect(await one(`select count(*)::int as n from system_settings`)).not.toEqual({ n: 3 })
  })

  test('the search finds people and celebrities, as the service that runs it', async () => {
    const face = '00000002-0000-4000-8000-000000000001'
    await theirs.client.query('begin; set local role service_role')
    const people = await theirs.client.query(
      `select * from public.find_similar_faces_advanced($1, 'School 2', 'male', 0, 20)`,
      [face],
    )
    const stars = await theirs.client.query(
      `select * from public.find_similar_celebrities_advanced($1, 0, 10)`,
      [face],
    )
    await theirs.client.query('rollback')
    expect(people.rows.length).toBeGreaterThan(0)
    expect(stars.rows).toHaveLength(10)
  })

  test('deleting a person leaves no orphan, though the keys have no rule', async () => {
    const person = '00000001-0000-4000-8000-000000000002'
    await theirs.client.query('begin')
    await theirs.client.query('delete from profiles where id = $1', [person])
    const { rows } = await theirs.client.query(
      `select (select count(*) from faces where profile_id = $1)::int + (select count(*) from messages where sender_id = $1)::int
        + (select count(*) from notifications where user_id = $1)::int
        + (select count(*) from mutual_connections where $1 in (profile_a_id, profile_b_id))::int as left`,
      [person],
    )
    await theirs.client.query('rollback')
    expect(rows).toEqual([{ left: 0 }])
  })
})
