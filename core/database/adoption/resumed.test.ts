import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationsDirectory as directory, postgresAvailable } from '../../../tests/factories/database'
import { createAdoptable } from '../../../tests/factories/adoptable'
import { referenceOf } from '../../../tests/factories/reference'
import { checkDatabase } from '../conformance/check-database'
import { adoptDatabase } from './adopt'

const confirm = () => Promise.resolve(true)

describe.skipIf(!(await postgresAvailable()))('an adoption that made tables of the platform itself', () => {
  let theirs: Awaited<ReturnType<typeof createAdoptable>>
  beforeAll(async () => {
    theirs = await createAdoptable()
    await theirs.client.query('drop schema storage cascade; grant trigger on messages to anon')
  })
  afterAll(() => theirs.close())
  const check = () => checkDatabase({ url: theirs.url }, { directory, referenceOf })

  test('resumed, it finishes what the first run began: rights and keys', async () => {
    const stop = new Error('cut')
    const cut = adoptDatabase(
      { url: theirs.url },
      {
        ...{ directory, referenceOf, confirm },
        onStep: ({ title }) => {
          if (/columns on public\.celebrities/.test(title)) throw stop
        },
      },
    )
    await expect(cut).rejects.toBe(stop)
    const { executed } = await adoptDatabase({ url: theirs.url }, { directory, referenceOf, confirm })
    expect(executed).toBe(true)

    await theirs.client.query('begin; set local role service_role')
    const { rows } = await theirs.client.query('select count(*)::int as count from storage.objects')
    await theirs.client.query('rollback')
    expect(rows).toEqual([{ count: 0 }])
    const keys = await theirs.client.query<{ conname: string }>(
      `select conname from pg_constraint where contype = 'f' and convalidated
         and connamespace in ('auth'::regnamespace, 'storage'::regnamespace)`,
    )
    expect(keys.rows.map(({ conname }) => conname)).toEqual(
      expect.arrayContaining([
        'objects_bucketId_fkey',
        'refresh_tokens_session_id_fkey',
        'mfa_factors_user_id_fkey',
      ]),
    )
    const { conformance } = await check()
    expect(conformance).toMatchObject({ conforms: true, ours: [] })
  }, 180_000)

  test('the check looks at what it made there', async () => {
    await theirs.client
      .query(`revoke usage on schema storage from service_role; create extension "uuid-ossp" with schema public;
      grant select, references on celebrity_jobs to anon;
      alter table storage.objects drop constraint "objects_bucketId_fkey"`)
    const { conformance } = await check()
    expect(conformance.documented).toEqual([])
    expect(conformance.ours.map(({ object, state }) => `${state} ${object}`)).toEqual([
      'missing foreign key objects_bucketId_fkey on storage.objects',
      'missing grant usage on schema storage to service_role',
      'different rights of anon on table public.celebrity_jobs',
    ])
    const kept = new Map(conformance.kept.map(({ object, why }) => [object, why]))
    expect(kept.get('rights of anon on table public.messages')).toMatch(
      /^granted before the adoption: .*trigger/,
    )
    expect(kept.get('extension uuid-ossp')).toMatch(/in the schema public/)
  }, 60_000)
})

describe.skipIf(!(await postgresAvailable()))('an adoption beside a schema that stands empty', () => {
  test('whoever is to use what it makes there may', async () => {
    const theirs = await createAdoptable()
    try {
      await theirs.client.query('drop schema storage cascade; create schema storage')
      await adoptDatabase({ url: theirs.url }, { directory, referenceOf, confirm })
      const { rows } = await theirs.client.query<{ may: boolean }>(
        `select has_schema_privilege('service_role', 'storage', 'usage')
           and has_schema_privilege('authenticated', 'auth', 'usage') as may`,
      )
      expect(rows).toEqual([{ may: true }])
    } finally {
      await theirs.close()
    }
  }, 120_000)
})
