import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  migrationsDirectory as directory,
  openTestEngine,
  postgresAvailable,
} from '../../../tests/factories/database'
import { belongings, createAdoptable, lost } from '../../../tests/factories/adoptable'
import { checkDatabase } from '../conformance/check-database'
import { buildReference, type Reference } from '../conformance/reference'
import { migrate, migrationHashes } from '../migrate'
import { openServer } from '../server'
import { adoptDatabase, type AdoptOptions } from './adopt'
import { executePlan } from './execute'
import { type AdoptionPlan, planAdoption } from './plan'
import { reportPlan } from './report'

const openScratch = () => openTestEngine()
const options = (given: Partial<AdoptOptions> = {}): AdoptOptions => ({
  ...{ directory, openScratch, confirm: () => Promise.resolve(true) },
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
    const { plan, executed } = await adoptDatabase(
      { url: theirs.url },
      options({
        confirm: async (shown) => plans.push(shown) === 1,
        onStatement: (statement) => sent.push(statement),
      }),
    ).finally(() => traffic.stop())
    const { slowestMs, count } = await traffic.stop()
    expect(executed).toBe(true)
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
    const { migrations, conformance } = await checkDatabase({ url: theirs.url }, { directory, openScratch })
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

  test('what our columns and triggers would have held is there, and no analysed face is analysed again', async () => {
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
        from match_jobs j join faces f on f.id = j.face_id where j.status = 'pending'`),
    ).toEqual({ jobs: 2, again: 0 })
    expect(await one('select count(*)::int as blocks from private.blocks')).toEqual({ blocks: 1 })
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

describe.skipIf(!(await postgresAvailable()))('an adoption that meets trouble', () => {
  let reference: Reference
  let hashes: Map<string, string>
  beforeAll(async () => {
    reference = await buildReference({ directory, openScratch })
    hashes = await migrationHashes(directory)
  })

  test('interrupted at every statement it goes on where it stopped', async () => {
    const theirs = await createAdoptable()
    const killer = new pg.Client({ connectionString: theirs.url })
    await killer.connect()
    try {
      const before = await belongings(theirs.client)
      const struck = new Set<string>()
      let runs = 0
      while (await strike(theirs.url, killer, struck, runs)) runs += 1
      expect(runs).toBeGreaterThan(60)
      const { conformance } = await checkDatabase({ url: theirs.url }, { directory, openScratch })
      expect(conformance).toMatchObject({ conforms: true, ours: [] })
      const after = await belongings(theirs.client)
      expect(lost(before.objects, after.objects)).toEqual([])
      expect(lost(before.rows, after.rows).filter((row) => !isFilled(row))).toEqual([])
      const { rows } = await theirs.client.query(
        `select count(*)::int as invalid from pg_index where not indisvalid`,
      )
      expect(rows).toEqual([{ invalid: 0 }])
    } finally {
      await killer.end()
      await theirs.close()
    }
  }, 400_000)

  /** One run that is cut at the first statement where none was cut before; false once a run came through. */
  async function strike(url: string, killer: pg.Client, struck: Set<string>, run: number): Promise<boolean> {
    const engine = await openServer(url, { connections: 1 })
    const client = await engine.pool.connect()
    try {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const plan = await planAdoption(client, reference, hashes)
      let blow: Promise<unknown> | undefined
      const ends = new Set(
        plan.steps.flatMap(({ kind, statements }) =>
          kind === 'separate' ? statements : [statements[0], statements.at(-1)],
        ),
      )
      try {
        await executePlan(client, plan, {
          onStatement: (statement) => {
            if (struck.has(statement) || !ends.has(statement)) return
            struck.add(statement)
            const how = run % 3 === 0 ? 'pg_cancel_backend' : 'pg_terminate_backend'
            // A cancellation may come too late; the next statement is struck then.
            blow = killer.query(`select ${how}($1)`, [rows[0].pid])
          },
        })
      } catch {
        // Cut, as it should be.
      }
      await blow
      return blow !== undefined
    } finally {
      client.release(true)
      await engine.close()
    }
  }

  test('two at once: the second is told', async () => {
    const theirs = await createAdoptable()
    try {
      const second: string[] = []
      await adoptDatabase(
        { url: theirs.url },
        options({
          onStep: (_step, index) => void (index === 1 && second.push('begun')),
          confirm: async () => {
            // Both have a plan; whoever begins first holds the lock for as long as it takes.
            if (second.length > 0) return true
            await theirs.client.query('select pg_advisory_lock($1)', [0x73656d61])
            second.push('held')
            return true
          },
        }),
      ).catch((error: Error) => second.push(error.message))
      expect(second).toEqual(['held', expect.stringMatching(/Another adoption/)])
    } finally {
      await theirs.close()
    }
  }, 120_000)

  test('rows that stand in the way, a column of the same name and another type: named, and nothing is done', async () => {
    const theirs = await createAdoptable()
    try {
      await theirs.client.query(`
        insert into matches (face_a_id, face_b_id, similarity_score) select face_b_id, face_a_id, 0.5 from matches limit 3;
        alter table faces add column owner_school integer`)
      const before = await belongings(theirs.client)
      const { plan, executed } = await adoptDatabase({ url: theirs.url }, options())
      expect(executed).toBe(false)
      expect(plan.blockers).toEqual([
        expect.stringContaining('column public.faces.owner_school'),
        expect.stringMatching(/ux_matches_pair: 3 stand in its way. See them with: select LEAST/),
      ])
      expect(await belongings(theirs.client)).toEqual(before)
    } finally {
      await theirs.close()
    }
  }, 120_000)

  test('a login that owns nothing is told so before anything is done', async () => {
    const theirs = await createAdoptable()
    const role = `adopter_${Date.now()}`
    try {
      await theirs.client.query(`create role ${role} login; grant usage on schema public, auth to ${role};
        grant select on all tables in schema public, auth, storage to ${role}`)
      const url = new URL(theirs.url)
      url.username = role
      const { plan, executed } = await adoptDatabase({ url: url.href }, options())
      expect(executed).toBe(false)
      expect(plan.blockers.join('\n')).toMatch(/may not alter public\.faces/)
    } finally {
      await theirs.client.query(`drop owned by ${role}; drop role ${role}`).catch(() => undefined)
      await theirs.close()
    }
  }, 120_000)
})

/** People who read and write all the while; how long the slowest waited. */
function startTraffic(url: string) {
  const touched = new Set<string>()
  let isOn = true
  let [slowestMs, count] = [0, 0]
  const work = async (kind: number) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (let n = 0; isOn; n += 1) {
      const started = performance.now()
      const id = `00000001-0000-4000-8000-${(100 + (n % 50)).toString(16).padStart(12, '0')}`
      if (kind === 0) await client.query('select * from public.faces where profile_id = $1', [id])
      else if (kind === 1) {
        touched.add(`public.profiles ${id}`)
        await client.query('update public.profiles set last_seen = now() where id = $1', [id])
      } else {
        await client.query(
          `insert into public.notifications (user_id, type, title) values ($1, 'new_message', 'x')`,
          [id],
        )
      }
      slowestMs = Math.max(slowestMs, performance.now() - started)
      count += 1
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await client.end()
  }
  const workers = [0, 1, 2].map(work)
  return {
    touched,
    stop: async () => {
      isOn = false
      await Promise.all(workers)
      return { slowestMs, count }
    },
  }
}
