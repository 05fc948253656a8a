import type { Sql } from './database-queries'
import { createPopulation } from './matching-data'

export interface SwitchSize {
  faces: number
  matches: number
  /** Each with a further photo. */
  celebrities: number
  lookalikes: number
}

/** What an analysis says beside the embedding, about as large as a real one. */
const analysis = (row: string) => `jsonb_build_object(
  'age', ${row}.age, 'gender', 'female', 'quality_score', 0.9, 'blur_score', 0.8, 'illumination_score', 0.7,
  'quality_components', '{"sharpness": 80, "pose_yaw": 90, "single_face": 100}'::jsonb, 'symmetry_score', 0.8,
  'landmarks_68', (select jsonb_agg(jsonb_build_array(i * 3.123456, i * 2.654321)) from generate_series(1, 68) as i),
  'pose', '{"yaw": 1.5, "pitch": -2.5, "roll": 0.5}'::jsonb, 'geometry_ratios', ${row}.geometry_ratios,
  'skin_tone_lab', ${row}.skin_tone_lab, 'expression', 'neutral', 'expression_confidence', 0.9,
  'emotion_scores', '{"neutral": 0.9, "happy": 0.1}'::jsonb,
  'detection_box', '{"x": 10, "y": 20, "width": 100, "height": 120}'::jsonb, 'image_width', 640, 'image_height', 480,
  'faces_found', 1)`

/** Faces in the space `bench/1` with matches, and celebrities with further photos and lookalikes. */
export async function fillForSwitch(query: Sql, size: SwitchSize): Promise<void> {
  await query(`insert into public.active_model (pack, embedding_model) values ('bench', 'bench/1')`)
  await createPopulation(query).fill(size.faces)
  await query(`
    begin;
    set local session_replication_role = replica;
    create temp table numbered on commit drop as
      select f.id, row_number() over (order by f.id)::int as n from public.faces f;
    create index on numbered (n);
    insert into public.matches (id, face_a_id, face_b_id, similarity_score, created_at)
      select gen_random_uuid(), least(a.id, b.id), greatest(a.id, b.id), 0.5, now()
      from generate_series(0, ${size.matches} - 1) as i
      join numbered a on a.n = 1 + i % ${size.faces}
      join numbered b on b.n = 1 + (i % ${size.faces} + 7 + 13 * (i / ${size.faces})) % ${size.faces};
    insert into public.celebrities (id, name, image_path, embedding, embedding_norm, embedding_signs, embedding_model,
        age, quality_score, geometry_ratios, geometry, symmetry_score, skin_tone_lab, skin_tone, expression)
      select gen_random_uuid(), 'Star ' || d.n, d.n || '.jpg', f.embedding, f.embedding_norm, f.embedding_signs,
        'bench/1', f.age, f.quality_score, f.geometry_ratios, f.geometry, f.symmetry_score, f.skin_tone_lab,
        f.skin_tone, f.expression
      from public.faces f join numbered d on d.id = f.id where d.n <= ${size.celebrities};
    insert into public.celebrity_photos (celebrity_id, image_path, analysis, quality_score, embedding, embedding_model)
      select c.id, 'further-' || c.image_path, '{}', 0.9, c.embedding, 'bench/1' from public.celebrities c;
    insert into public.celebrity_matches (id, face_id, celebrity_id, similarity_score)
      select gen_random_uuid(), d.id, c.id, 0.5
      from (select id, row_number() over (order by id)::int as n from public.celebrities) c
      join numbered d on d.n % ${size.celebrities} = c.n % ${size.celebrities}
      limit ${size.lookalikes};
    commit`)
  await query('select private.write_match_facts(array(select id from public.matches))')
  await query(`insert into public.match_scores (match_id, score, weights, why)
    select id, similarity_score, private.matching_weights(), 'found' from public.matches`)
  await query('vacuum analyze')
}

/** As if workers had been at it: every photo is staged in the space to come, and its job is done. */
export async function stageAll(query: Sql, switchId: string): Promise<void> {
  for (const [table, key] of [
    ['faces', 'face_id'],
    ['celebrities', 'celebrity_id'],
  ]) {
    await query(
      `insert into public.staged_analyses (switch_id, ${key}, image_path, embedding, analysis)
       select $1, f.id, f.image_path, extensions.l2_normalize(f.embedding operator(extensions.+) other.embedding), ${analysis('f')}
       from (select *, row_number() over (order by id) as n from public.${table}) f
       join (select embedding, row_number() over (order by id desc) as n from public.${table}) other using (n)`,
      [switchId],
    )
  }
  await query(
    `insert into public.staged_analyses (switch_id, photo_id, image_path, embedding, analysis)
     select $1, p.id, p.image_path, s.embedding, s.analysis
     from public.celebrity_photos p join public.staged_analyses s on s.celebrity_id = p.celebrity_id`,
    [switchId],
  )
  await query(
    `update public.embedding_jobs set status = 'completed', completed_at = now() where switch_id = $1`,
    [switchId],
  )
  await query('vacuum analyze public.staged_analyses')
  await query('vacuum analyze public.embedding_jobs')
}
