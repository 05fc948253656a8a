import { sql } from 'kysely'
import type { Tx } from './changes'

/**
 * Jobs that the curation of the gallery asks for. The celebrities' rows are to be locked before, as a worker does that
 * writes what it has found out.
 */

/**
 * Has celebrities analysed anew, or only searched anew: one open job each at most. Gives how many were queued or are
 * open already.
 */
export async function queueAnalysis(
  tx: Tx,
  ids: readonly string[],
  stage: 'fetch' | 'search',
): Promise<number> {
  const { rows } = await sql<{ queued: number }>`
    with there as materialized (
      select c.id from public.celebrities as c where c.id = any (${ids}::uuid[]) order by c.id for no key update
    ),
    open as (
      select distinct j.celebrity_id from public.celebrity_jobs as j
      where j.celebrity_id in (select there.id from there) and j.status in ('pending', 'processing')
    ),
    queued as (
      insert into public.celebrity_jobs (celebrity_id, start_stage)
      select there.id, ${stage}::text from there
      where there.id not in (select open.celebrity_id from open)
      order by there.id
    )
    select count(*)::int as queued from there`.execute(tx)
  return rows[0].queued
}

/** Has all photos of celebrities analysed anew. Gives how many celebrities those are. */
export async function queueAllPhotos(tx: Tx, ids: readonly string[]): Promise<number> {
  const queued = await queueAnalysis(tx, ids, 'fetch')
  await sql`
    select private.queue_photos(array(
      select p.id from public.celebrity_photos as p where p.celebrity_id = any (${ids}::uuid[])
    ))`.execute(tx)
  return queued
}

/**
 * After a celebrity got another photo: whoever works on the old one loses their job, so that what they found is written
 * nowhere. Where the new one is analysed in the space of today it is searched, else analysed.
 */
export async function queueForNewPhoto(tx: Tx, id: string): Promise<void> {
  const { rows } = await sql<{ stage: 'fetch' | 'search' }>`
    select case when c.embedding is not null and (
      c.embedding_model is not distinct from (select a.embedding_model from public.active_model as a)
    ) then 'search' else 'fetch' end as stage
    from public.celebrities as c where c.id = ${id}::uuid`.execute(tx)
  const [found] = rows
  if (!found) return
  await sql`
    update public.celebrity_jobs
    set status = 'pending', start_stage = ${found.stage}, worker_id = null, lease_until = null, started_at = null,
      next_attempt_at = now(), max_attempts = greatest(max_attempts, attempts + 1)
    where celebrity_id = ${id}::uuid and status in ('pending', 'processing')`.execute(tx)
  await queueAnalysis(tx, [id], found.stage)
}
