import { sql } from 'kysely'
import type { Tx } from './changes'
import { queueAnalysis } from './queue-analysis'
import { kept, markUndone, type Kept, type StandingChange } from './undo-rules'

/** Brings celebrities back from the trash, as they were. */
export async function undoTrash(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const [expired, standing] = [changes.filter(isExpired), changes.filter((change) => !isExpired(change))]
  const hindered = await hindrances(tx, standing)
  const back = standing.filter(({ id }) => !hindered.has(id))
  await putBack(tx, back)
  await markUndone(tx, back, by)
  return [
    ...expired.map((change) => kept(change, `${change.known_as} is out of the trash for good.`)),
    ...standing.flatMap((change) => hindered.get(change.id) ?? []),
  ]
}

const isExpired = (change: StandingChange) => change.is_expired

/** Brings back what changes hold, and has analysed or searched what the gallery or the people have moved on from. */
export async function putBack(tx: Tx, changes: readonly StandingChange[]): Promise<void> {
  if (changes.length === 0) return
  const ids = changes.map(({ id }) => id)
  await sql`
    select private.put_back_celebrity(t.before) from public.celebrity_changes as t
    where t.id = any (${ids}::int8[]) order by t.celebrity_id`.execute(tx)
  const { rows } = await sql<{ id: string; stage: 'fetch' | 'search' }>`
    select c.id, case when c.embedding_model = a.embedding_model then 'search' else 'fetch' end as stage
    from public.celebrity_changes as t
    join public.celebrities as c on c.id = t.celebrity_id
    cross join public.active_model as a
    where t.id = any (${ids}::int8[]) and c.embedding is not null and (
      c.embedding_model is distinct from a.embedding_model
      or exists (select from public.faces as f where f.analyzed_at > t.changed_at)
    )`.execute(tx)
  for (const stage of ['fetch', 'search'] as const) {
    const those = rows.filter((row) => row.stage === stage).map(({ id }) => id)
    if (those.length > 0) await queueAnalysis(tx, those, stage)
  }
}

/**
 * Why celebrities can't come back: they are there again, or another has a photo of theirs. By change.
 * @param but further photos that don't count
 */
export async function hindrances(
  tx: Tx,
  changes: readonly StandingChange[],
  but: readonly string[] = [],
): Promise<Map<string, Kept>> {
  const there = changes.filter(({ name }) => name !== null)
  const found = new Map(
    there.map((change) => [change.id, kept(change, `${change.known_as} is there again already.`)]),
  )
  const ids = changes.filter(({ name }) => name === null).map(({ id }) => id)
  const { rows } = await sql<{ id: string; holder: string }>`
    select t.id::text, min(holder.name) as holder
    from public.celebrity_changes as t
    cross join lateral (
      select part.entry ->> 'image_hash' as image_hash, (part.entry ->> 'id')::uuid as id
      from jsonb_array_elements((t.before -> 'celebrities') || (t.before -> 'celebrity_photos')) as part(entry)
    ) as photo
    cross join lateral (
      select c.name from public.celebrities as c where c.image_hash = photo.image_hash
      union all
      select c.name
      from public.celebrity_photos as p
      join public.celebrities as c on c.id = p.celebrity_id
      where (p.image_hash = photo.image_hash or p.id = photo.id) and p.id <> all (${but}::uuid[])
    ) as holder
    where t.id = any (${ids}::int8[])
    group by t.id`.execute(tx)
  const byId = new Map(changes.map((change) => [change.id, change]))
  for (const { id, holder } of rows) {
    const change = byId.get(id)
    if (change)
      found.set(id, kept(change, `${holder} has a photo of ${change.known_as} by now. Take it away first.`))
  }
  return found
}
