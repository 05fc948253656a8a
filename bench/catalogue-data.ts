import type { CelebrityFilter } from '../core/celebrities/contract-filter'
import type { Sql } from './database-queries'

export interface GallerySize {
  celebrities: number
  /** Each with an analysed face: whom the coverage sets the celebrities beside. */
  people: number
}

/** The moderator who looks. */
export const watcher = `select ${idOf('1')} as id`
/** A tenth of the celebrities came with it. */
const someImport = '00000000-0000-4000-8000-00000000000a'

/** Every filter that a list has, and several at once. */
export const filters: Record<string, CelebrityFilter> = {
  'no filter': {},
  'search, some': { search: 'corda' },
  'search, one letter': { search: 'a' },
  'search, nobody': { search: 'Xyzzy of nowhere' },
  category: { category: 'Actor' },
  gender: { gender: 'female' },
  'state failed': { state: 'failed' },
  'state waiting': { state: 'waiting' },
  'state ready': { state: 'ready' },
  'state analysing': { state: 'analyzing' },
  'age 30 to 39': { age_from: 30, age_to: 39 },
  'age 85, few': { age_from: 85 },
  expression: { expression: 'sad' },
  quality: { quality_from: 0.25, quality_to: 0.3 },
  'without bio': { missing: 'bio' },
  'without category': { missing: 'category' },
  'without gender': { missing: 'gender' },
  'without licence': { missing: 'licence' },
  'without source': { missing: 'source' },
  'without analysis': { missing: 'embedding' },
  licence: { licence: 'CC0' },
  model: { embedding_model: 'bench/1' },
  'model, few': { embedding_model: 'bench/2' },
  import: { import_id: someImport },
  'skin tone': { skin_tone: 'tan' },
  'skin tone unknown': { skin_tone: 'unknown' },
  several: { search: 'el', gender: 'male', age_from: 20, age_to: 60, missing: 'bio', skin_tone: 'light' },
}

/** A UUID of a number (of version 4, as every client's are), the same in every run. */
function idOf(number: string): string {
  return `overlay(overlay(md5('semblance ' || (${number})) placing '4' from 13) placing '8' from 17)::uuid`
}

const pick = (words: readonly string[], by: string) =>
  `(array[${words.map((word) => `'${word}'`).join(', ')}])[1 + (${by}) % ${words.length}]`

const syllables = [
  'an',
  'be',
  'cor',
  'da',
  'el',
  'fa',
  'gri',
  'ho',
  'is',
  'jo',
  'ka',
  'lu',
  'mar',
  'no',
  'ri',
  'sa',
]
const word = (of: string, salt: number) =>
  `initcap(${[0, 1, 2].map((part) => pick(syllables, `(${of} * ${salt + part * 7} + ${of} / ${part * 61 + 17}) % 7919`)).join(' || ')})`
const expressions = [
  'neutral',
  'neutral',
  'neutral',
  'neutral',
  'happy',
  'happy',
  'happy',
  'sad',
  'surprise',
  'angry',
]

const direction = (of: string) =>
  `(select extensions.l2_normalize(array_agg(random() - 0.5 + 0 * i * ${of})::real[]::extensions.vector) from generate_series(1, 512) i)`
const tone = (of: string) => `array[25 + ${of} * 13 % 65, 8 + ${of} % 9, ${of} * 7 % 30 - 2]::float8[]`

/**
 * Fills a migrated database with a gallery as imports and curators leave it, the same in every run: rows as wide as real
 * ones, texts of some hundred characters, facts that are missing here and there, jobs of which most are done.
 */
export async function fillGallery(query: Sql, { celebrities, people }: GallerySize): Promise<void> {
  // Nothing that is measured reads these, and each row would take its time to get into them.
  await query('drop index public.faces_embedding_hnsw_idx, public.idx_celebrities_embedding')
  await query('select setseed(0.5)')
  await query(`insert into auth.users (id, email)
    select ${idOf('n')}, 'person-' || n || '@example.edu' from generate_series(1, ${people}) n`)
  await query(`insert into public.profiles (id, profile_type, name, role)
    select ${idOf('n')}, 'user', 'Person ' || n, case n when 1 then 'moderator' else 'user' end
    from generate_series(1, ${people}) n
    on conflict (id) do update set name = excluded.name, role = excluded.role`)
  await query(`insert into public.celebrity_imports (id, name) values ('${someImport}', 'Stars')`)
  await query(insertCelebrities(celebrities))
  await query('truncate public.celebrity_jobs cascade')
  await query(`insert into public.celebrity_jobs (celebrity_id, status, error_code, error_message, created_at)
    select id, case when place % 60 = 0 then 'failed' when place % 100 = 7 then 'pending' else 'completed' end,
      case when place % 60 = 0 then 'no_face' end, case when place % 60 = 0 then 'No face was found.' end,
      now() - place * interval '1 minute'
    from (select id, row_number() over (order by id) as place from public.celebrities) as c`)
  await query(`set session_replication_role = replica`)
  await query(`insert into public.faces (
      id, profile_id, image_path, image_hash, embedding, embedding_model, age, gender, is_default, skin_tone_lab, skin_tone
    )
    select ${idOf(`n + 1000000`)}, ${idOf('n')}, n || '.jpg', md5(n::text), v.embedding, 'bench/1', 18 + n % 30,
      ${pick(['female', 'male'], 'n')}, true, v.tone, private.skin_tone_vector(v.tone)
    from generate_series(1, ${people}) n
    cross join lateral (select ${direction('n')} as embedding, ${tone('n')} as tone) as v`)
  await query(`set session_replication_role = origin`)
  await query('analyze')
}

/** Every twentieth is not analysed. */
const insertCelebrities = (celebrities: number) => `
  insert into public.celebrities (
    id, name, bio, category, gender, image_path, image_hash, thumbnail_path, created_at, licence, source, name_original,
    import_id, embedding, embedding_model, age, quality_score, blur_score, illumination_score, symmetry_score,
    landmarks_68, pose, geometry_ratios, skin_tone_lab, expression, expression_confidence, emotion_scores,
    quality_components, detection_box, image_width, image_height, faces_found, analyzed_at
  )
  select ${idOf('n + 2000000')}, ${word('n', 3)} || ' ' || ${word('n', 11)},
    case when n % 5 < 3 then (
      select string_agg(${word('(n + i)', 5)}, ' ') || '.' from generate_series(1, 10 + n * 31 % 50) i
    ) end,
    case when n % 11 > 0 then ${pick(['Actor', 'Musician', 'Athlete', 'Writer', 'Politician', 'Model', 'Director', 'Chef'], 'n * 7 / 3')} end,
    case when n % 13 > 0 then ${pick(['female', 'male'], 'n')} end,
    ${idOf('n + 3000000')} || '.jpg', md5('photo ' || n), ${idOf('n + 3000000')} || '.thumb.webp',
    timestamptz '2026-01-01' + n * interval '1 minute',
    case when n % 9 > 0 then ${pick(['CC BY 4.0', 'CC BY-SA 4.0', 'CC0', 'Public domain', 'own'], 'n / 2')} end,
    case when n % 8 > 0 then 'https://example.org/photos/' || n end,
    case when n % 3 = 0 then upper(${word('n', 11)}) || ', ' || ${word('n', 3)} end,
    case when n % 10 = 0 then '${someImport}'::uuid end,
    a.embedding, case when a.is_analyzed then 'bench/' || 1 + (n % 200 = 1)::int end, a.age, a.quality, a.quality * 0.9,
    a.quality * 0.8, a.quality * 0.7, a.landmarks, '{"yaw": 3.1, "pitch": -2.25, "roll": 0.5}', a.geometry, a.tone,
    case when a.is_analyzed then ${pick(expressions, 'n * 3 / 2')} end, 0.87, a.emotions, a.components,
    '{"x": 0.25, "y": 0.2, "width": 0.4, "height": 0.5}', 1200, 1600, 1, case when a.is_analyzed then now() end
  from generate_series(1, ${celebrities}) n
  cross join lateral (
    select n % 20 > 0 as is_analyzed, case when n % 20 > 0 then ${direction('n')} end as embedding,
      case when n % 20 > 0 then 16 + n * 17 % 70 end as age,
      case when n % 20 > 0 then (n::int8 * 7919 % 10007) / 10007.0 end as quality,
      case when n % 20 > 0 then ${tone('n')} end as tone,
      (select jsonb_agg(jsonb_build_array(round((random() * 1000 + 0 * i)::numeric, 2), round((random() * 1000)::numeric, 2))) from generate_series(1, 68 + 0 * n) i)
        as landmarks,
      (select jsonb_object_agg(name, random() + 0 * n) from unnest(array['neutral', 'happy', 'sad', 'surprise', 'fear', 'disgust', 'angry', 'contempt']) as name)
        as emotions,
      (select jsonb_object_agg(name, random() + 0 * n) from unnest(array['pose', 'sharpness', 'luminance', 'contrast', 'head_size', 'eyes']) as name)
        as components,
      '{}'::jsonb as geometry
  ) as a`
