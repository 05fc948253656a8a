import { sql } from 'kysely'
import { SemblanceError } from '../../model/errors'
import { celebrityGone, newestJob, summaryColumns, type CelebrityRow } from '../catalogue'
import type { Tx } from './changes'

/**
 * The celebrities whose faces are nearest to one of them, by the weighted score of this moment; every one of the same
 * space is scored.
 * @throws SemblanceError NOT_FOUND; CONFLICT where it is not analysed
 */
export async function similarTo(tx: Tx, id: string, limit: number) {
  const celebrity = await tx
    .selectFrom('celebrities')
    .select(sql<boolean>`embedding is not null`.as('is_analyzed'))
    .where('id', '=', id)
    .executeTakeFirst()
  if (!celebrity) throw celebrityGone()
  if (!celebrity.is_analyzed) {
    throw new SemblanceError(
      'CONFLICT',
      'This celebrity is not analysed yet, so nobody can be compared with it.',
    )
  }
  await sql`set local jit = off`.execute(tx)
  const { rows } = await sql<CelebrityRow & { cosine: number; is_distinct: boolean }>`
    with query as materialized (select * from public.celebrities where id = ${id}::uuid),
    settings as materialized (select private.matching_weights() as weights),
    best as materialized (
      select near.id, near.cosine, near.score
      from (
        select o.id, 1 - (o.embedding operator(extensions.<=>) q.embedding) as cosine, extensions.face_similarity(
            q.embedding, q.embedding_norm, q.geometry, q.age, q.symmetry_score, q.skin_tone, q.expression,
            o.embedding, o.embedding_norm, o.geometry, o.age, o.symmetry_score, o.skin_tone, o.expression,
            settings.weights
          ) as score
        from public.celebrities as o
        cross join query as q
        cross join settings
        where o.id <> q.id and o.embedding is not null and o.embedding_model is not distinct from q.embedding_model
        offset 0
      ) as near
      order by coalesce(near.score, near.cosine) desc, near.id
      limit ${limit}
    )
    select ${summaryColumns}, best.cosine, exists (
      select from public.celebrity_distinctions as d
      where d.celebrity_a_id = least(c.id, ${id}::uuid) and d.celebrity_b_id = greatest(c.id, ${id}::uuid)
    ) as is_distinct
    from best
    join public.celebrities as c on c.id = best.id
    ${newestJob}
    order by coalesce(best.score, best.cosine) desc, c.id`.execute(tx)
  return rows
}
