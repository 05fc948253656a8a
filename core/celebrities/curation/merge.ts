import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { analysisColumns } from '../../access/face-columns'
import { SemblanceError } from '../../model/errors'
import { celebrityGone } from '../catalogue'
import type { ChangeGroup } from '../contract-curation'
import { goneReason, lockCelebrities, type Curator, type Tx } from './changes'
import { queueAnalysis } from './queue-analysis'
import { summaryOf } from './trash'

/**
 * Several celebrities who are one person become one: `id` keeps its photo and what is said of it, takes all photos of
 * the others as further ones and their decisions of who is not alike; the others go with their lookalikes, held whole
 * by the change until it is undone.
 * @param input.seen when each was changed last as far as the curator has seen
 * @throws SemblanceError NOT_FOUND, BAD_REQUEST, CONFLICT where one was changed since, or nobody is left to merge
 */
export function mergeCelebrities(
  { caller, transaction }: Curator,
  input: { id: string; others: string[]; seen?: Record<string, Date> | undefined },
): Promise<ChangeGroup> {
  const { id, seen = {} } = input
  const others = [...new Set(input.others)]
  if (others.includes(id)) throw new SemblanceError('BAD_REQUEST', 'A celebrity can’t be merged with itself.')
  return transaction(async (tx) => {
    const names = await lockCelebrities(tx, [id, ...others])
    if (!names.has(id)) throw celebrityGone()
    await requireUnchanged(tx, seen)
    const there = others.filter((other) => names.has(other))
    if (there.length === 0) {
      throw new SemblanceError('CONFLICT', 'None of those who were to be merged is there any more.')
    }
    const groupId = randomUUID()
    await takeOthers(tx, { id, there, groupId, by: caller.id })
    const photos = await takePhotos(tx, id, groupId)
    const distinctions = await takeDistinctions(tx, id, groupId, caller.id)
    const after = { merged: there, names: there.map((other) => names.get(other)), photos, distinctions }
    await tx
      .insertInto('celebrity_changes')
      .values({
        ...{ group_id: groupId, celebrity_id: id, kind: 'merge', changed_by: caller.id },
        ...{ before: '{}', after: JSON.stringify(after) },
      })
      .execute()
    await queueAnalysis(tx, [id], 'search')
    const gone = others.filter((other) => !names.has(other))
    return {
      group_id: groupId,
      changed: there.length,
      skipped: gone.map((other) => ({ id: other, reason: goneReason })),
    }
  })
}

async function requireUnchanged(tx: Tx, seen: Record<string, Date>): Promise<void> {
  const ids = Object.keys(seen)
  if (ids.length === 0) return
  const { rows } = await sql<{ id: string; name: string }>`
    select c.id, c.name
    from public.celebrities as c
    join unnest(${ids}::uuid[], ${ids.map((one) => seen[one].toISOString())}::timestamptz[]) as s (id, at) on s.id = c.id
    where date_trunc('milliseconds', c.updated_at) > s.at
    order by c.id`.execute(tx)
  if (rows.length === 0) return
  const [{ id, name }] = rows
  throw new SemblanceError('CONFLICT', `${name} was changed meanwhile. Look at both again.`, {
    celebrity_id: id,
  })
}

/** Notes the others as they are, one change each, and takes them away. */
async function takeOthers(
  tx: Tx,
  { id, there, groupId, by }: { id: string; there: string[]; groupId: string; by: string },
): Promise<void> {
  await sql`
    insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by, before, after)
    select ${groupId}::uuid, taken.celebrity_id, 'merge', ${by}::uuid, taken.snapshot,
      ${summaryOf('taken.snapshot')} || jsonb_build_object('merged_into', ${id}::text)
    from private.take_celebrities(${there}::uuid[]) as taken`.execute(tx)
}

/** The photos of those who went become further photos; the one that they were known by gets their id. */
async function takePhotos(tx: Tx, id: string, groupId: string): Promise<string[]> {
  const { rows: further } = await sql<{ id: string }>`
    insert into public.celebrity_photos (
      id, celebrity_id, image_path, image_hash, perceptual_hash, thumbnail_path, view_path, analysis, quality_score,
      embedding, embedding_model, licence, source, import_id, created_at
    )
    select p.id, ${id}::uuid, p.image_path, p.image_hash, p.perceptual_hash, p.thumbnail_path, p.view_path, p.analysis,
      p.quality_score, p.embedding, p.embedding_model, p.licence, p.source, i.id, p.created_at
    from public.celebrity_changes as change
    cross join lateral jsonb_populate_recordset(null::public.celebrity_photos, change.before -> 'celebrity_photos') as p
    left join public.celebrity_imports as i on i.id = p.import_id
    where change.group_id = ${groupId}::uuid
    returning id`.execute(tx)
  const { rows: current } = await sql<{ id: string }>`
    insert into public.celebrity_photos (
      id, celebrity_id, image_path, image_hash, perceptual_hash, thumbnail_path, view_path, analysis, quality_score,
      embedding, embedding_model, licence, source, import_id, created_at
    )
    select c.id, ${id}::uuid, c.image_path, c.image_hash, c.perceptual_hash, c.thumbnail_path, c.view_path,
      to_jsonb(a), c.quality_score, c.embedding, c.embedding_model, c.licence, c.source, i.id, coalesce(c.created_at, now())
    from public.celebrity_changes as change
    cross join lateral jsonb_populate_recordset(null::public.celebrities, change.before -> 'celebrities') as c
    cross join lateral (select ${sql.join(analysisColumns.map((column) => sql.ref(`c.${column}`)))}) as a
    left join public.celebrity_imports as i on i.id = c.import_id
    where change.group_id = ${groupId}::uuid
    returning id`.execute(tx)
  return [...further, ...current].map((photo) => photo.id)
}

/** Whoever is not one of the others is not the merged one either. */
async function takeDistinctions(tx: Tx, id: string, groupId: string, by: string): Promise<string[]> {
  const { rows } = await sql<{ other: string }>`
    with decided as (
      select distinct case when d.celebrity_a_id = change.celebrity_id then d.celebrity_b_id else d.celebrity_a_id end as other
      from public.celebrity_changes as change
      cross join lateral jsonb_populate_recordset(
        null::public.celebrity_distinctions, change.before -> 'celebrity_distinctions'
      ) as d
      where change.group_id = ${groupId}::uuid
    ),
    written as (
      insert into public.celebrity_distinctions (celebrity_a_id, celebrity_b_id, decided_by)
      select least(c.id, ${id}::uuid), greatest(c.id, ${id}::uuid), ${by}::uuid
      from decided join public.celebrities as c on c.id = decided.other
      where c.id <> ${id}::uuid
      on conflict do nothing
      returning celebrity_a_id, celebrity_b_id
    )
    select case when celebrity_a_id = ${id}::uuid then celebrity_b_id else celebrity_a_id end as other from written`.execute(
    tx,
  )
  return rows.map(({ other }) => other)
}
