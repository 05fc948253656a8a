import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationsDirectory as directory, postgresAvailable } from '../../../tests/factories/database'
import { belongings, createAdoptable } from '../../../tests/factories/adoptable'
import { referenceOf } from '../../../tests/factories/reference'
import type { Reference } from '../conformance/reference'
import { migrationHashes } from '../migrate'
import { openServer } from '../server'
import type { AdoptionPlan } from './model'
import { planAdoption } from './plan'

describe.skipIf(!(await postgresAvailable()))('what a plan says needs a person, or looking at', () => {
  let theirs: Awaited<ReturnType<typeof createAdoptable>>
  let reference: Reference
  let hashes: Map<string, string>
  beforeAll(async () => {
    theirs = await createAdoptable()
    reference = await referenceOf({})
    hashes = await migrationHashes(directory)
  }, 600_000)
  afterAll(() => theirs.close())

  async function plan(url = theirs.url): Promise<AdoptionPlan> {
    const engine = await openServer(url, { connections: 1 })
    const client = await engine.pool.connect()
    try {
      return await planAdoption(client, reference, hashes)
    } finally {
      client.release()
      await engine.close()
    }
  }

  test('a table of one of our names with other columns', async () => {
    await theirs.client.query('create table celebrity_jobs (id int primary key, whatever text)')
    try {
      const { blockers } = await plan()
      expect(blockers).toContainEqual(
        expect.stringMatching(
          /^table public\.celebrity_jobs: .* not Semblance's: it lacks .*celebrity_id.*\. Rename it\.$/,
        ),
      )
    } finally {
      await theirs.client.query('drop table celebrity_jobs')
    }
  }, 60_000)

  test('a login that may see the tables and read none', async () => {
    const role = `reader_${randomUUID().slice(0, 8)}`
    const before = await belongings(theirs.client)
    await theirs.client.query(`create role ${role} login`)
    try {
      const url = new URL(theirs.url)
      url.username = role
      const { blockers } = await plan(url.href)
      expect(blockers.join('\n')).toMatch(/permission denied for table faces\. Use the login that owns/)
      expect(blockers.join('\n')).toMatch(/may not alter public\.faces/)
      expect(new Set(blockers).size).toBe(blockers.length)
      expect(await belongings(theirs.client)).toEqual(before)
    } finally {
      await theirs.client.query(`drop role ${role}`)
    }
  }, 60_000)

  test('a documented table without a documented column', async () => {
    const broken = await createAdoptable()
    try {
      await broken.client.query('alter table faces drop column profile_id cascade')
      const { blockers } = await plan(broken.url)
      expect(blockers).toContainEqual(
        expect.stringMatching(/^column public\.faces\.profile_id is not there, and the document has it/),
      )
    } finally {
      await broken.close()
    }
  }, 60_000)

  test('views that pass the policies by, and rights that no policy holds back', async () => {
    await theirs.client.query(`create view people_emails as select id, email from profiles;
      create view over_it as select * from people_emails;
      create view careful with (security_invoker = on) as select id from profiles;
      create view hidden as select id from profiles;
      create materialized view face_counts as select profile_id, count(*) from faces group by 1;
      revoke all on people_emails, over_it, face_counts, hidden from anon, authenticated;
      grant select on people_emails to anon; grant select on over_it, face_counts to authenticated;
      grant truncate, trigger on matches to anon`)
    try {
      const { warnings, blockers } = await plan()
      expect(blockers).toEqual([])
      expect(warnings.filter((text) => /^The (materialized )?view/.test(text))).toEqual([
        expect.stringMatching(
          /^The materialized view public\.face_counts shows a copy of faces to authenticated; .*revoke all on public\.face_counts from authenticated$/,
        ),
        expect.stringMatching(/^The view public\.over_it shows profiles to authenticated /),
        expect.stringMatching(
          /^The view public\.people_emails shows profiles to anon .*alter view public\.people_emails set \(security_invoker = on\)$/,
        ),
      ])
      const about = warnings.filter(
        (text) => text.startsWith('anon keeps') && text.includes('public.matches'),
      )
      expect(about).toContainEqual(
        expect.stringMatching(
          /truncate.* no policy holds that back\. To take it away: revoke .*truncate.* on public\.matches from anon$/,
        ),
      )
      expect(about.filter((text) => /truncate|trigger/.test(text) && /only policies/.test(text))).toEqual([])
    } finally {
      await theirs.client.query(
        'drop view over_it, people_emails, careful, hidden; drop materialized view face_counts',
      )
    }
  }, 60_000)
})
