import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { openMigrated } from '../../../tests/factories/migrated'
import { referenceOf } from '../../../tests/factories/reference'
import type { Engine } from '../engine'
import { readCatalogue, readCatalogueIn } from './catalogue'
import { checkConformance, type Conformance } from './check'
import { liveOf } from './compare'
import type { Reference } from './reference'

const settings = ['public.system_settings', 'storage.buckets']
let reference: Reference

/** The rules of settings refuse what an older client may have written; the check looks at what stands there. */
const trusting = 'alter table system_settings disable trigger user'

beforeAll(async () => {
  reference = await referenceOf({})
})

describe.each(await testEngines())('conformance on %s', (kind) => {
  let engine: Engine
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ engine, close } = await openMigrated(kind))
  })
  afterAll(() => close())

  async function check(): Promise<Conformance> {
    const client = await engine.pool.connect()
    try {
      const catalogue = await readCatalogue(client, settings)
      return checkConformance(liveOf(catalogue), reference, new Map())
    } finally {
      client.release()
    }
  }

  test('what the migrations make conforms, and each addition is named with its migration', async () => {
    const { extra, ...found } = await check()
    expect(found).toEqual({ conforms: true, empty: false, documented: [], ours: [], kept: [] })
    expect(extra).toContainEqual({ object: 'column public.faces.geometry', from: '0005_own_columns' })
    expect(extra).toContainEqual({ object: 'table public.celebrity_jobs', from: '0005_own_columns' })
    expect(extra).toContainEqual({
      object: 'function private.derive_columns()',
      from: '0008_derived_columns',
    })
    expect(extra.filter(({ from }) => from === null)).toEqual([])
  })

  test('rights added by hand are named as more than the migrations grant', async () => {
    const more = 'no more than our migrations grant'
    expect(
      await after(`grant truncate on faces to anon; grant update (email) on profiles to anon;
        grant execute on function private.derive_columns() to authenticated; grant usage on schema semblance to anon;
        grant select on auth.users to authenticated; grant select on semblance.migrations to public`),
    ).toEqual(
      expect.arrayContaining([
        `different rights of anon on table public.faces: ${more} | also truncate`,
        `different rights of anon on table public.profiles: ${more} | also update (email)`,
        `different rights of authenticated on function private.derive_columns(): ${more} | also execute`,
        `different rights of anon on schema semblance: ${more} | also usage`,
        `different rights of authenticated on table auth.users: ${more} | also select`,
        `different rights of public on table semblance.migrations: ${more} | also select`,
      ]),
    )
  })

  /** Breaks the database, names what the check says of it, and mends it again. */
  async function after(statement: string): Promise<string[]> {
    const client = await engine.pool.connect()
    try {
      await client.query(`begin; ${statement}`)
      await client.query('savepoint broken')
      const catalogue = await readCatalogueIn(client, settings)
      const { documented, ours } = checkConformance(liveOf(catalogue), reference, new Map())
      return [...documented, ...ours].map(
        ({ object, state, expected, actual }) => `${state} ${object}: ${expected} | ${actual}`,
      )
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  const embedding = `hnsw (embedding vector_cosine_ops) with (ef_construction='64', m='16')`
  test.each<[string, string, string[]]>([
    [
      'a dropped column',
      'alter table faces drop column blur_score',
      ['missing column public.faces.blur_score: double precision | null'],
    ],
    ['a dropped table', 'drop table messages cascade', ['missing table public.messages: 7 columns | null']],
    [
      'another type',
      'alter table celebrities alter column bio type varchar(9)',
      ['different column public.celebrities.bio: text | character varying(9)'],
    ],
    [
      'another default',
      `alter table match_jobs alter column max_attempts set default 5`,
      [
        'different column public.match_jobs.max_attempts: integer not null default 3 | integer not null default 5',
      ],
    ],
    [
      'a dropped default',
      `alter table matches alter column id drop default`,
      ['different column public.matches.id: uuid not null default gen_random_uuid() | uuid not null'],
    ],
    [
      'another nullability',
      `alter table babies alter column image_url drop not null`,
      ['different column public.babies.image_url: text not null | text'],
    ],
    [
      'another check',
      `alter table notifications drop constraint notifications_type_check; alter table notifications add constraint notifications_type_check check (type in ('baby_generated', 'x'))`,
      [
        'different check public.notifications.type: baby_generated, mutual_match, new_message | baby_generated, x',
      ],
    ],
    [
      'a dropped check',
      'alter table celebrity_matches drop constraint celebrity_matches_similarity_score_check',
      ['missing check public.celebrity_matches.similarity_score: >= 0 | null'],
    ],
    [
      'another on-delete rule',
      'alter table babies drop constraint babies_match_id_fkey; alter table babies add constraint babies_match_id_fkey foreign key (match_id) references matches (id)',
      [
        'different foreign key public.babies.match_id: references public.matches (id) on delete cascade | references public.matches (id) on delete no action',
      ],
    ],
    [
      'an on-delete rule that the document leaves open',
      'alter table messages drop constraint messages_sender_id_fkey; alter table messages add constraint x foreign key (sender_id) references profiles (id) on delete restrict',
      [
        'different foreign key public.messages.sender_id: references public.profiles (id) on delete no action or cascade or set null | references public.profiles (id) on delete restrict',
      ],
    ],
    [
      'a dropped unique constraint',
      'alter table celebrity_matches drop constraint unique_face_celebrity',
      ['missing unique unique_face_celebrity on public.celebrity_matches: face_id, celebrity_id | null'],
    ],
    [
      'another method',
      'drop index faces_embedding_hnsw_idx; create index faces_embedding_hnsw_idx on faces using ivfflat (embedding extensions.vector_cosine_ops)',
      [
        `different index public.faces_embedding_hnsw_idx: ${embedding} | ivfflat (embedding vector_cosine_ops) with (lists='100')`,
      ],
    ],
    [
      'another parameter',
      'drop index faces_embedding_hnsw_idx; create index faces_embedding_hnsw_idx on faces using hnsw (embedding extensions.vector_cosine_ops) with (m = 8)',
      [
        `different index public.faces_embedding_hnsw_idx: ${embedding} | hnsw (embedding vector_cosine_ops) with (m='8')`,
      ],
    ],
    [
      'another operator class',
      'drop index faces_embedding_hnsw_idx; create index faces_embedding_hnsw_idx on faces using hnsw (embedding extensions.vector_l2_ops)',
      [
        `different index public.faces_embedding_hnsw_idx: ${embedding} | hnsw (embedding vector_l2_ops) with (ef_construction='64', m='16')`,
      ],
    ],
    [
      'another predicate',
      `drop index idx_match_jobs_pending; create index idx_match_jobs_pending on match_jobs (created_at) where status = 'failed'`,
      [
        `different index public.idx_match_jobs_pending: btree (created_at) where status = 'pending' | btree (created_at) where status = 'failed'`,
      ],
    ],
    [
      'another order',
      'drop index idx_babies_created_at; create index idx_babies_created_at on babies (created_at)',
      ['different index public.idx_babies_created_at: btree (created_at desc) | btree (created_at)'],
    ],
    [
      'a dropped index',
      'drop index idx_faces_age',
      ['missing index public.idx_faces_age: btree (age) where age is not null | null'],
    ],
    [
      'a disabled trigger',
      'alter table faces disable trigger auto_create_match_job',
      [
        'different trigger on public.faces: makes a job at upload (auto_create_match_job) | auto_create_match_job is disabled',
      ],
    ],
    [
      'row-level security off',
      'alter table messages disable row level security',
      ['different row-level security of public.messages: on | off'],
    ],
    [
      'a policy that opens a table',
      'create policy x on celebrities for delete to authenticated using (true)',
      ['different writing public.celebrities: not for everybody | the policy x lets everybody'],
    ],
    [
      'a setting that makes no sense',
      `update system_settings set value = to_jsonb('high'::text) where key = 'match_threshold'`,
      ['different setting match_threshold: a number in [0, 1] | "high"'],
    ],
    [
      'a setting that is gone',
      `delete from system_settings where key = 'allow_non_edu_emails'`,
      ['missing setting allow_non_edu_emails: true or false | null'],
    ],
    [
      'vector elsewhere',
      'alter extension vector set schema private',
      ['different extension vector: in the schema extensions | in the schema private'],
    ],
  ])('%s is named, both sides shown', async (_what, statement, expected) => {
    const found = await after(`${trusting}; ${statement}`)
    expect(found).toEqual(expect.arrayContaining(expected))
  })

  test.each([
    [
      'a dropped function',
      'drop function auto_create_match_job() cascade',
      ['missing function public.auto_create_match_job', 'missing trigger on public.faces'],
    ],
    [
      'a function of ours',
      'drop function private.matching_weights()',
      ['missing function private.matching_weights()'],
    ],
    [
      'a function edited',
      `create or replace function private.has_account() returns boolean language sql stable security definer set search_path = '' as 'select true'`,
      ['different function private.has_account()'],
    ],
    [
      'a column of ours',
      'alter table faces drop column thumbnail_path cascade',
      ['missing column public.faces.thumbnail_path'],
    ],
    [
      'a policy of ours',
      'alter policy messages_select on messages using (true)',
      ['different policy messages_select on public.messages'],
    ],
    [
      'the storage of a column',
      'alter table faces alter column embedding set storage extended',
      ['different storage public.faces.embedding'],
    ],
    [
      'a right',
      'revoke select on profiles from authenticated',
      ['missing grant select on table public.profiles to authenticated'],
    ],
    [
      'roles narrowed',
      `alter table profiles drop constraint profiles_role_check; alter table profiles add constraint profiles_role_check check (role in ('user', 'admin'))`,
      ['different check profiles_role_check on public.profiles'],
    ],
    ['an index of ours', 'drop index ux_matches_pair', ['missing index public.ux_matches_pair']],
  ])('%s is named', async (_what, statement, expected) => {
    const found = await after(statement)
    for (const one of expected) expect(found).toContainEqual(expect.stringContaining(one))
  })

  test("what is valid is no difference: other weights, a wider threshold, a renamed index, somebody else's table", async () => {
    expect(
      await after(`update system_settings set value = '0.7' where key = 'match_threshold';
        alter index idx_faces_age rename to faces_by_age;
        create table tenants (id uuid primary key); alter table faces add column tenant_id uuid`),
    ).toEqual([])
  })
})
