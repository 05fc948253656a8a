import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../../database/tables'

/** An import that was published to this database, from whichever machine. */
export interface PublishedImport {
  id: string
  name: string
  host_name: string | null
  state: 'publishing' | 'published' | 'undoing' | 'undone'
  created_by_name: string | null
  created_at: Date
  /** New ones that stand, and are in the gallery still. */
  celebrities: number
  /** All of its photos that stand and are in the gallery still, those of the new celebrities among them. */
  photos: number
  undone_at: Date | null
  /** Photos that an undo has taken back, and that it has left. */
  undone: number
  kept: number
}

/**
 * Whether an undo left something that is there to be told of: not of somebody who is deleted for good, but of somebody who
 * is in the trash or was merged into another celebrity.
 */
export const isLeft = sql<boolean>`(it.kept_reason is not null and (
  exists (select from public.celebrities there where there.id = it.celebrity_id)
  or exists (
    select from public.celebrity_changes away
    where away.celebrity_id = it.celebrity_id and away.undone_at is null
      and (away.kind = 'merge' or (away.kind = 'trash' and away.purged_at is null))
  )
))`

/** Newest first. For the staff: to anybody else the database shows none. */
export async function listPublished(tx: Transaction<Tables>): Promise<PublishedImport[]> {
  const { rows } = await sql<PublishedImport>`
    with there as (
      select c.image_path from public.celebrities c
      union select ph.image_path from public.celebrity_photos ph
    )
    select i.id, i.name, i.host_name, i.state, p.name as created_by_name, i.created_at, i.undone_at,
      count(c.id) filter (where it.undone_at is null and it.outcome = 'new_celebrity')::int as celebrities,
      count(there.image_path) filter (where it.undone_at is null)::int as photos,
      count(it.undone_at)::int as undone, count(*) filter (where ${isLeft})::int as kept
    from public.celebrity_imports i
    left join public.profiles p on p.id = i.created_by
    left join public.celebrity_import_items it on it.import_id = i.id and it.published_at is not null
    left join public.celebrities c on c.id = it.celebrity_id
    left join there on there.image_path = it.image_path
    group by i.id, p.name
    order by i.created_at desc, i.id`.execute(tx)
  return rows
}

/** What an undo has left of a celebrity, and why. */
export interface Kept {
  celebrity_id: string
  name: string | null
  reason: string
  photos: number
  /** Where they are to be found; null: nowhere, they were merged into another. */
  place: 'gallery' | 'trash' | null
}

/** By name. */
export async function keptOf(tx: Transaction<Tables>, importId: string): Promise<Kept[]> {
  const { rows } = await sql<Kept>`
    select it.celebrity_id, coalesce(c.name, gone.name, min(ch.after ->> 'name')) as name, it.kept_reason as reason,
      count(*)::int as photos,
      case when c.id is not null then 'gallery' when gone.kind = 'trash' then 'trash' end as place
    from public.celebrity_import_items it
    left join public.celebrities c on c.id = it.celebrity_id
    left join public.celebrity_changes ch on ch.id = it.change_id
    left join lateral (
      select away.kind, away.after ->> 'name' as name from public.celebrity_changes away
      where away.celebrity_id = it.celebrity_id and away.kind in ('trash', 'merge') and away.undone_at is null
      order by away.id desc limit 1
    ) gone on true
    where it.import_id = ${importId}::uuid and ${isLeft}
    group by it.celebrity_id, c.id, c.name, gone.kind, gone.name, it.kept_reason
    order by lower(coalesce(c.name, gone.name, min(ch.after ->> 'name'))), it.celebrity_id, it.kept_reason`.execute(
    tx,
  )
  return rows
}
