import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { readMatchRules, type CelebrityResult, type FaceResult } from '../search/search'

/**
 * Writes what `searchUsers` found and freshens the scores of this face's other matches. A pair is one row with the
 * smaller id first; running it again changes nothing but the scores. Never removes a match. Gives how many are new.
 */
export async function writeMatches(
  tx: Transaction<Tables>,
  faceId: string,
  found: readonly FaceResult[],
): Promise<{ inserted: number }> {
  const { rows } = await sql<{ inserted: number }>`
    with found as (
      select face_id, similarity_score
      from unnest(${found.map((result) => result.face_id)}::uuid[],
                  ${found.map((result) => result.similarity_score)}::float8[]) as f(face_id, similarity_score)
    ),
    written as (
      insert into public.matches (face_a_id, face_b_id, similarity_score)
      select least(face_id, ${faceId}::uuid), greatest(face_id, ${faceId}::uuid), similarity_score
      from found
      order by face_id
      on conflict (least(face_a_id, face_b_id), greatest(face_a_id, face_b_id))
        do update set similarity_score = excluded.similarity_score
      -- A row that an update made carries the updating transaction's id in xmax, a fresh one none.
      returning (xmax = 0) as is_new
    )
    select count(*) filter (where is_new)::integer as inserted from written
  `.execute(tx)
  await rescoreMatches(tx, faceId)
  return { inserted: rows[0]?.inserted ?? 0 }
}

/** The scores of all matches of a face, anew, where both sides' embeddings still are of one model. */
async function rescoreMatches(tx: Transaction<Tables>, faceId: string): Promise<void> {
  await sql`
    with settings as materialized (select private.matching_weights() as weights),
    scored as materialized (
      select
        m.id,
        ${similarity('a', 'b')} as score
      from public.matches m
      join public.faces a on a.id = m.face_a_id
      join public.faces b on b.id = m.face_b_id and b.embedding_model is not distinct from a.embedding_model
      cross join settings
      where m.face_a_id = ${faceId}::uuid or m.face_b_id = ${faceId}::uuid
    )
    update public.matches m
    set similarity_score = scored.score
    from scored
    where scored.id = m.id and scored.score is not null and m.similarity_score <> scored.score
  `.execute(tx)
}

/**
 * Writes what `searchCelebrities` found. Lookalikes that it no longer names keep their row, with their score of today
 * where it can be computed. Gives how many are new.
 */
export async function writeCelebrityMatches(
  tx: Transaction<Tables>,
  faceId: string,
  found: readonly CelebrityResult[],
): Promise<{ inserted: number }> {
  const { rows } = await sql<{ inserted: number }>`
    with found as (
      select celebrity_id, similarity_score
      from unnest(${found.map((result) => result.celebrity_id)}::uuid[],
                  ${found.map((result) => result.similarity_score)}::float8[]) as f(celebrity_id, similarity_score)
    ),
    written as (
      insert into public.celebrity_matches (face_id, celebrity_id, similarity_score)
      select ${faceId}::uuid, celebrity_id, similarity_score from found order by celebrity_id
      on conflict (face_id, celebrity_id) do update set similarity_score = excluded.similarity_score
      returning (xmax = 0) as is_new
    )
    select count(*) filter (where is_new)::integer as inserted from written
  `.execute(tx)
  await sql`
    with settings as materialized (select private.matching_weights() as weights),
    scored as materialized (
      select
        cm.id,
        ${similarity('f', 'c')} as score
      from public.celebrity_matches cm
      join public.faces f on f.id = cm.face_id
      join public.celebrities c
        on c.id = cm.celebrity_id and c.embedding_model is not distinct from f.embedding_model
      cross join settings
      where cm.face_id = ${faceId}::uuid
    )
    update public.celebrity_matches cm
    set similarity_score = scored.score
    from scored
    where scored.id = cm.id and scored.score is not null and cm.similarity_score <> scored.score
  `.execute(tx)
  return { inserted: rows[0]?.inserted ?? 0 }
}

/**
 * Matches a newly analysed celebrity against every analysed face at once: a face gets it where the score reaches
 * `celebrity_match_threshold` and fewer than `celebrity_match_limit` of its lookalikes score higher. A row that stands
 * already gets its score of today. Gives how many rows were written.
 */
export async function matchCelebrityToFaces(
  tx: Transaction<Tables>,
  celebrityId: string,
): Promise<{ written: number }> {
  const rules = await readMatchRules(tx)
  const { rows } = await sql<{ written: number }>`
    with settings as materialized (select private.matching_weights() as weights),
    scored as materialized (
      select
        f.id as face_id,
        ${similarity('f', 'c')} as score
      from public.celebrities c
      join public.faces f
        on f.embedding is not null and f.embedding_model is not distinct from c.embedding_model
      cross join settings
      where c.id = ${celebrityId}::uuid and c.embedding is not null
    ),
    written as (
      insert into public.celebrity_matches (face_id, celebrity_id, similarity_score)
      select scored.face_id, ${celebrityId}::uuid, scored.score
      from scored
      where scored.score is not null
        and (
          exists (
            select from public.celebrity_matches cm
            where cm.face_id = scored.face_id and cm.celebrity_id = ${celebrityId}::uuid
          )
          or (
            scored.score >= ${rules.celebrity_match_threshold}::float8
            and (
              select count(*)
              from public.celebrity_matches cm
              where cm.face_id = scored.face_id and cm.similarity_score > scored.score
            ) < ${rules.celebrity_match_limit}::integer
          )
        )
      order by scored.face_id
      on conflict (face_id, celebrity_id) do update set similarity_score = excluded.similarity_score
      returning 1
    )
    select count(*)::integer as written from written
  `.execute(tx)
  return { written: rows[0]?.written ?? 0 }
}

/** The score of two rows of `faces` or `celebrities`, by the weights that a CTE `settings` has read once. */
function similarity(left: 'a' | 'f', right: 'b' | 'c'): RawBuilder<number | null> {
  const compared = (table: string) =>
    sql.raw(
      ['embedding', 'embedding_norm', 'geometry', 'age', 'symmetry_score', 'skin_tone', 'expression']
        .map((column) => `${table}.${column}`)
        .join(', '),
    )
  return sql`extensions.face_similarity(${compared(left)}, ${compared(right)}, settings.weights)`
}
