import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { migrationsDirectory as directory, postgresAvailable } from '../../../tests/factories/database'
import { belongings, createAdoptable, lost } from '../../../tests/factories/adoptable'
import { referenceOf } from '../../../tests/factories/reference'
import { checkDatabase } from '../conformance/check-database'
import type { Reference } from '../conformance/reference'
import { migrationHashes } from '../migrate'
import { openServer } from '../server'
import { adoptDatabase, type AdoptOptions } from './adopt'
import { executePlan } from './execute'
import { planAdoption } from './plan'

const options = (given: Partial<AdoptOptions> = {}): AdoptOptions => ({
  ...{ directory, referenceOf, confirm: () => Promise.resolve(true) },
  ...given,
})

/** The one whose default face is missing, which adoption finds. */
const isFilled = (row: string) => row === 'public.profiles 00000001-0000-4000-8000-00000000000a'

describe.skipIf(!(await postgresAvailable()))('an adoption that meets trouble', () => {
  let reference: Reference
  let hashes: Map<string, string>
  beforeAll(async () => {
    reference = await referenceOf({})
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
      while (await strike(theirs.url, killer, struck)) runs += 1
      expect(runs).toBeGreaterThan(60)
      const { conformance } = await checkDatabase({ url: theirs.url }, { directory, referenceOf })
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
  }, 1_800_000)

  /** One run that is cut at the first statement where none was cut before; false once a run came through. */
  async function strike(url: string, killer: pg.Client, struck: Set<string>): Promise<boolean> {
    const engine = await openServer(url, { connections: 1 })
    const client = await engine.pool.connect()
    try {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const plan = await planAdoption(client, reference, hashes)
      let isCut = false
      // Wherever a transaction is cut, all of it is gone: most is lost at its last statement.
      const ends = new Set(
        plan.steps.flatMap(({ kind, statements }) =>
          kind === 'separate' ? statements : statements.slice(-1),
        ),
      )
      try {
        await executePlan(client, plan, {
          onStatement: async (statement) => {
            if (struck.has(statement) || !ends.has(statement)) return
            struck.add(statement)
            isCut = true
            // A long one is cancelled while it runs, which may come too late; before any other the connection is lost.
            const how = /index concurrently/i.test(statement) ? 'pg_cancel_backend' : 'pg_terminate_backend'
            const blow = killer.query(`select ${how}($1)`, [rows[0].pid])
            if (how === 'pg_terminate_backend') await blow
          },
        })
      } catch {
        // Cut, as it should be.
      }
      return isCut
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
          onStep: (_step, index) => (index === 1 ? second.push('begun') : 0),
          confirm: async () => {
            // Both have a plan; whoever begins first holds the lock for as long as it takes.
            if (second.length > 0) return true
            await theirs.client.query('select pg_advisory_lock($1)', [0x73656d61])
            second.push('held')
            return true
          },
        }),
      ).catch((error: unknown) => second.push((error as Error).message))
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
