import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import sharp from 'sharp'
import { openCallerHost, type CallerHost, type TestCaller } from './callers'
import type { TestEngine } from './database'

/** A gallery of celebrities that were analysed, with further photos, and people who look like them. */
export interface Gallery extends CallerHost {
  curator: TestCaller
  moderator: TestCaller
  /** Puts a gallery of that many in the place of what is there; gives their ids in order. */
  fill: (celebrities: number, options?: { photos?: number; people?: number }) => Promise<string[]>
  /** All rows of the gallery as text, but for what says when a row was written last. */
  rows: () => Promise<Record<string, string[]>>
  /** Puts a drawn picture into Storage; gives its path. */
  upload: () => Promise<string>
  isThere: (path: string) => Promise<boolean>
  run: (text: string) => Promise<unknown>
  query: <Row>(text: string) => Promise<Row[]>
}

/** Numbers that look like those of an analysis, another for each seed. */
const analysed = (seed: string) => `
  (select extensions.l2_normalize(array_agg(sin(${seed} * 1000 + i * (1 + ${seed} * 0.01)))::real[]::extensions.vector)
    from generate_series(1, 512) as i) as embedding,
  'test/model' as embedding_model, 20 + ${seed} % 50 as age, (${seed} % 97) / 97.0::float8 as quality_score,
  array[60 + ${seed} % 20, 10.123456789, 15.5]::float8[] as skin_tone_lab,
  (select jsonb_agg(jsonb_build_array(i / 7.0::float8, ${seed} / 3.0::float8)) from generate_series(1, 68) as i) as landmarks_68,
  jsonb_build_object('yaw', ${seed} / 11.0::float8, 'pitch', 2, 'roll', -3.5) as pose, 'happy' as expression,
  64 as image_width, 48 as image_height, 1 as faces_found, now() as analyzed_at`

const analysisKeys = `age, quality_score, skin_tone_lab, landmarks_68, pose, expression, image_width, image_height,
  faces_found, analyzed_at`

/** Real: see openCallerHost; faces are invented, and no worker runs. */
export async function openGallery(engine: TestEngine): Promise<Gallery> {
  const host = await openCallerHost(engine)
  const { database, images } = host
  const query: Gallery['query'] = async <Row>(text: string) =>
    (await database.asOwner((tx) => sql.raw<Row>(text).execute(tx))).rows
  const run = (text: string) => database.asService((tx) => sql.raw(text).execute(tx))
  const curator = await host.signUp('curator', { name: 'Carl' })
  const moderator = await host.signUp('moderator', { name: 'Mona' })
  const people = await Promise.all([1, 2, 3].map((i) => host.signUp('user', { name: `Person ${i}` })))
  await run(`insert into public.faces (profile_id, image_path, embedding, embedding_model, age, skin_tone_lab, gender, analyzed_at)
    select p.id, p.id || '/' || gen_random_uuid() || '.jpg', a.embedding, a.embedding_model, a.age, a.skin_tone_lab, 'female',
      now() - interval '1 day'
    from unnest('{${people.map(({ id }) => id).join(',')}}'::uuid[]) with ordinality as p (id, n),
      lateral (select ${analysed('(p.n::int + 500)')}) as a`)
  await run(
    `insert into public.active_model (pack, embedding_model) values ('test', 'test/model') on conflict do nothing`,
  )

  return {
    ...{ ...host, curator, moderator, run, query },
    async fill(celebrities, { photos = 2 } = {}) {
      await run('delete from public.celebrities; delete from public.celebrity_changes')
      await run(`insert into public.celebrities (name, bio, category, gender, licence, source, image_path, image_hash, thumbnail_path,
          perceptual_hash, embedding, embedding_model, ${analysisKeys})
        select 'Star ' || n, case when n % 2 = 0 then 'Sings.' end, 'actor', case when n % 3 > 0 then 'male' end, 'CC BY', 'x',
          gen_random_uuid() || '.jpg', md5('c' || n), n || '.thumb.webp', lpad(n::bit(16)::text, 64, '0')::bit(64),
          a.embedding, a.embedding_model, ${analysisKeys
            .split(',')
            .map((key) => `a.${key.trim()}`)
            .join(', ')}
        from generate_series(1, ${celebrities}) as n, lateral (select ${analysed('n')}) as a`)
      await run(`insert into public.celebrity_photos (celebrity_id, image_path, image_hash, analysis, quality_score, embedding,
          embedding_model, licence, source)
        select c.id, gen_random_uuid() || '.jpg', md5(c.name || ' ' || n), to_jsonb(a) - array['embedding', 'embedding_model'],
          a.quality_score, a.embedding, a.embedding_model, 'CC BY ' || n, 'photo ' || n
        from public.celebrities as c, generate_series(1, ${photos}) as n,
          lateral (select ${analysed(`(substr(c.name, 6)::int * 10 + n)`)}) as a`)
      await run(`insert into public.celebrity_matches (face_id, celebrity_id, similarity_score)
        select f.id, c.id, 1 / (1.5 + length(c.name)::float8) from public.faces as f, public.celebrities as c;
        update public.celebrity_matches set similarity_score = similarity_score * 0.77`)
      const rows = await query<{ id: string }>(
        `select id from public.celebrities order by substr(name, 6)::int`,
      )
      return rows.map(({ id }) => id)
    },
    async rows() {
      const tables = {
        celebrities: `to_jsonb(t) - 'updated_at'`,
        celebrity_photos: 'to_jsonb(t)',
        celebrity_matches: 'to_jsonb(t)',
        match_scores: `to_jsonb(t) - 'id'`,
      }
      const all: Record<string, string[]> = {}
      for (const [table, row] of Object.entries(tables)) {
        const found = await query<{ row: string }>(
          `select (${row})::text as row from public.${table} as t order by 1`,
        )
        all[table] = found.map((one) => one.row)
      }
      return all
    },
    async upload() {
      const path = images.celebrityPath('png')
      const noise = Buffer.from(randomUUID().replaceAll('-', '').slice(0, 27))
      const picture = sharp(noise, { raw: { width: 3, height: 3, channels: 3 } }).resize(64, 48, {
        kernel: 'nearest',
      })
      await images.upload('celebrity-images', path, await picture.png().toBuffer(), 'image/png')
      return path
    },
    isThere: (path) =>
      images.download('celebrity-images', path).then(
        () => true,
        () => false,
      ),
  }
}
