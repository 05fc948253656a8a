/**
 * What a migration does to rows that stand already, which its schema does not show. A migration that writes rows of
 * documented tables adds its backfill here.
 */
export interface Backfill {
  title: string
  from: string
  table: string
  /** Rows still to do, as a subquery that counts. */
  count: string
  /** One batch: `$1` is the last id done, and it gives `last` (null at the end) and `done`. */
  batch: string
  /** Whether triggers must not fire for it: nothing but the columns named changes. */
  mute: boolean
}

const batchRows = 200

/** `work` is a statement that changes the rows of `batch` and returns something for each. */
const batchOf = (pick: string, work: string) => `with batch as materialized (${pick} limit ${batchRows}),
done as (${work} returning 1)
select (select id from batch order by id desc limit 1) as last, (select count(*)::integer from done) as done`

const isDefault = `p.profile_type = 'user' and p.default_face_id is not distinct from t.id`

const stale = (table: string) =>
  `(t.embedding_norm is distinct from extensions.vector_norm(t.embedding)
  or t.embedding_signs is distinct from extensions.binary_quantize(t.embedding)
  or t.geometry::text is distinct from private.geometry_vector(t.geometry_ratios)::text
  or t.skin_tone::text is distinct from private.skin_tone_vector(t.skin_tone_lab)::text${
    table === 'faces'
      ? ` or exists (select from public.profiles p where p.id = t.profile_id
    and (p.school, p.gender, p.birth_year, ${isDefault}) is distinct from
      (t.owner_school, t.owner_gender, t.owner_birth_year, t.is_default))`
      : ''
  })`

const derivedValues = `embedding_norm = extensions.vector_norm(t.embedding),
  embedding_signs = extensions.binary_quantize(t.embedding),
  geometry = private.geometry_vector(t.geometry_ratios), skin_tone = private.skin_tone_vector(t.skin_tone_lab)`

/** Columns that triggers keep from now on, for the rows of before. */
export const values: Backfill[] = [
  {
    ...{
      title: 'derived columns and owner of faces',
      from: '0005_own_columns',
      table: 'public.faces',
      mute: true,
    },
    count: `select 1 from public.faces t where ${stale('faces')}`,
    // Both locked: a profile that changes meanwhile comes before and is read here, or after and finds the face.
    batch: batchOf(
      `select t.id, p.school, p.gender, p.birth_year, ${isDefault} as is_default from public.faces t join public.profiles p on p.id = t.profile_id
  where t.id > $1 and ${stale('faces')} order by t.id for no key update of t for share of p`,
      `update public.faces t set ${derivedValues}, owner_school = batch.school, owner_gender = batch.gender,
    owner_birth_year = batch.birth_year, is_default = batch.is_default
  from batch where t.id = batch.id`,
    ),
  },
  {
    ...{
      title: 'derived columns of celebrities',
      from: '0005_own_columns',
      table: 'public.celebrities',
      mute: true,
    },
    count: `select 1 from public.celebrities t where ${stale('celebrities')}`,
    batch: batchOf(
      `select t.id from public.celebrities t where t.id > $1 and ${stale('celebrities')} order by t.id for no key update`,
      `update public.celebrities t set ${derivedValues} from batch where t.id = batch.id`,
    ),
  },
]

/** Of buckets with a list of their own: what the worker writes, and what people's phones make. */
const formats = `array['image/jpeg', 'image/webp', 'image/heic', 'image/heif', 'image/tiff']`

const takesTooLittle = `b.id in ('faces', 'celebrity-images')
  and not b.allowed_mime_types @> ${formats} and 'image/*' <> all (b.allowed_mime_types)`

/**
 * Analysed photos that browsers don't show and that have no rendition, which came in 0024. Those that are about to be
 * analysed anew, or could not be, are left.
 * @param jobs the condition on a job `j` of `t`
 */
const hidden = (
  queue: string,
  jobs: string,
) => `t.image_path ~* '\\.(heic|heif|tiff?)$' and t.embedding is not null
  and to_jsonb(t) ->> 'view_path' is null
  and not exists (select from ${queue} j where ${jobs} and j.created_at > coalesce(t.analyzed_at, '-infinity'))`
const hiddenFaces = hidden('public.match_jobs', 'j.face_id = t.id')
const hiddenCelebrities = hidden('public.celebrity_jobs', 'j.celebrity_id = t.id')

export type Column = [table: string, column: string]

/** `needs`: what must stand or be of ours and still to come; `standing`: what must stand, else there is nothing to do. */
export const rowsMissing: (Backfill & { needs: Column[]; standing?: Column })[] = [
  {
    ...{
      title: 'profiles for accounts without one',
      from: '0003_triggers',
      table: 'public.profiles',
      mute: false,
    },
    needs: [
      ['auth.users', 'deleted_at'],
      ['auth.users', 'raw_user_meta_data'],
    ],
    count: `select 1 from auth.users u where u.deleted_at is null
  and not exists (select from public.profiles p where p.id = u.id or p.email = u.email)`,
    batch: batchOf(
      `select u.id, u.email, u.raw_user_meta_data ->> 'name' as name from auth.users u
  where u.id > $1 and u.deleted_at is null
    and not exists (select from public.profiles p where p.id = u.id or p.email = u.email) order by u.id`,
      `insert into public.profiles (id, profile_type, name, email)
  select id, 'user', nullif(left(btrim(name), 200), ''), email from batch on conflict do nothing`,
    ),
  },
  {
    ...{
      title: 'default faces of people who have none',
      from: '0003_triggers',
      table: 'public.profiles',
      mute: true,
    },
    needs: [],
    count: `select 1 from public.profiles p where p.default_face_id is null and p.profile_type = 'user'
  and exists (select from public.faces f where f.profile_id = p.id)`,
    // Triggers are mute: what they would tell the face is written beside it.
    batch: batchOf(
      `select p.id, (
    select f.id from public.faces f where f.profile_id = p.id
    order by f.analyzed_at is null, f.created_at desc, f.id desc limit 1
  ) as face_id from public.profiles p where p.id > $1 and p.default_face_id is null and p.profile_type = 'user'
    and exists (select from public.faces f where f.profile_id = p.id) order by p.id for no key update`,
      `update public.faces f set is_default = true from batch where f.id = batch.face_id returning 1),
defaults as (update public.profiles p set default_face_id = batch.face_id from batch where p.id = batch.id`,
    ),
  },
  {
    ...{
      title: 'jobs for faces that nobody analysed',
      from: '0003_triggers',
      table: 'public.match_jobs',
      mute: false,
    },
    needs: [],
    count: `select 1 from public.faces f where f.embedding is null
  and not exists (select from public.match_jobs j where j.face_id = f.id)`,
    batch: batchOf(
      `select f.id, f.profile_id from public.faces f where f.id > $1 and f.embedding is null
    and not exists (select from public.match_jobs j where j.face_id = f.id) order by f.id`,
      `insert into public.match_jobs (face_id, user_id, job_type, status)
  select id, profile_id, 'both', 'pending' from batch`,
    ),
  },
  {
    ...{ title: 'jobs for celebrities that nobody analysed', from: '0005_own_columns', mute: false },
    ...{ table: 'public.celebrity_jobs', needs: [['public.celebrity_jobs', 'id']] },
    count: `select 1 from public.celebrities c where c.embedding is null
  and not exists (select from public.celebrity_jobs j where j.celebrity_id = c.id)`,
    batch: batchOf(
      `select c.id from public.celebrities c where c.id > $1 and c.embedding is null
    and not exists (select from public.celebrity_jobs j where j.celebrity_id = c.id) order by c.id`,
      `insert into public.celebrity_jobs (celebrity_id) select id from batch`,
    ),
  },
  {
    ...{ title: 'jobs for photos that no browser shows: faces', from: '0034_further_photos', mute: false },
    ...{ table: 'public.match_jobs', needs: [] },
    count: `select 1 from public.faces t where ${hiddenFaces}`,
    batch: batchOf(
      `select t.id, t.profile_id from public.faces t where t.id > $1 and ${hiddenFaces} order by t.id`,
      `insert into public.match_jobs (face_id, user_id, job_type, start_stage, priority)
  select id, profile_id, 'both', 'fetch', -1 from batch`,
    ),
  },
  {
    ...{
      title: 'jobs for photos that no browser shows: celebrities',
      from: '0034_further_photos',
      mute: false,
    },
    ...{ table: 'public.celebrity_jobs', needs: [['public.celebrity_jobs', 'id']] },
    count: `select 1 from public.celebrities t where ${hiddenCelebrities}`,
    batch: batchOf(
      `select t.id from public.celebrities t where t.id > $1 and ${hiddenCelebrities} order by t.id`,
      `insert into public.celebrity_jobs (celebrity_id, start_stage, priority) select id, 'fetch', -1 from batch`,
    ),
  },
  {
    ...{ title: 'formats of photos that buckets take', from: '0024_photo_formats', mute: false },
    ...{ table: 'storage.buckets', needs: [], standing: ['storage.buckets', 'allowed_mime_types'] },
    count: `select 1 from storage.buckets b where ${takesTooLittle}`,
    batch: batchOf(
      `select b.id from storage.buckets b where b.id > $1 and ${takesTooLittle} order by b.id`,
      `update storage.buckets b set allowed_mime_types = b.allowed_mime_types || array(
    select format from unnest(${formats}) as format where format <> all (b.allowed_mime_types)
  ) from batch where b.id = batch.id`,
    ),
  },
  {
    ...{
      title: 'blocks of connections that are blocked',
      from: '0010_connections',
      table: 'private.blocks',
      mute: false,
    },
    needs: [['private.blocks', 'profile_a_id']],
    count: `select 1 from public.mutual_connections c where c.status = 'blocked' and c.profile_a_id <> c.profile_b_id
  and not exists (select from private.blocks b where b.profile_a_id = least(c.profile_a_id, c.profile_b_id)
    and b.profile_b_id = greatest(c.profile_a_id, c.profile_b_id))`,
    batch: batchOf(
      `select c.id, least(c.profile_a_id, c.profile_b_id) as a, greatest(c.profile_a_id, c.profile_b_id) as b
  from public.mutual_connections c where c.id > $1 and c.status = 'blocked' and c.profile_a_id <> c.profile_b_id
    and not exists (select from private.blocks k where k.profile_a_id = least(c.profile_a_id, c.profile_b_id)
      and k.profile_b_id = greatest(c.profile_a_id, c.profile_b_id)) order by c.id`,
      `insert into private.blocks (profile_a_id, profile_b_id) select distinct a, b from batch on conflict do nothing`,
    ),
  },
  {
    ...{ title: 'fingerprints of failed jobs', from: '0025_job_monitor', mute: true },
    ...{ table: 'public.match_jobs', needs: [['public.match_jobs', 'fingerprint']] },
    count: `select 1 from public.match_jobs j where j.status = 'failed' and j.fingerprint is null`,
    batch: batchOf(
      `select j.id from public.match_jobs j where j.id > $1 and j.status = 'failed' and j.fingerprint is null
    order by j.id for no key update`,
      `update public.match_jobs j set fingerprint = private.describe_failure(j.error_code, j.error_message)
  from batch where j.id = batch.id`,
    ),
  },
  {
    ...{ title: 'facts of matches', from: '0022_match_inspection', table: 'public.match_facts', mute: false },
    needs: [['public.match_facts', 'id']],
    count: `select 1 from public.matches m where true
  and not exists (select from public.match_facts f where f.id = m.id)`,
    batch: `with batch as materialized (select m.id from public.matches m where m.id > $1
    and not exists (select from public.match_facts f where f.id = m.id) order by m.id limit ${batchRows})
select (select id from batch order by id desc limit 1) as last, (select count(*)::integer from batch) as done,
  private.write_match_facts(array(select id from batch))`,
  },
  {
    ...{
      title: 'facts of celebrities',
      from: '0035_catalogue_facts',
      table: 'public.celebrity_facts',
      mute: false,
    },
    needs: [['public.celebrity_facts', 'id']],
    count: `select 1 from public.celebrities c where true
  and not exists (select from public.celebrity_facts f where f.id = c.id)`,
    batch: `with batch as materialized (select c.id from public.celebrities c where c.id > $1
    and not exists (select from public.celebrity_facts f where f.id = c.id) order by c.id limit ${batchRows})
select (select id from batch order by id desc limit 1) as last, (select count(*)::integer from batch) as done,
  private.write_celebrity_facts(array(select id from batch))`,
  },
]
