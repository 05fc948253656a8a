import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'

/** An import that was published to this database, from whichever machine. */
export interface PublishedImport {
  id: string
  name: string
  host_name: string | null
  state: 'publishing' | 'published' | 'undoing' | 'undone'
  created_by_name: string | null
  created_at: Date
  /** New ones that stand. */
  celebrities: number
  /** All of its photos that stand, those of the new celebrities among them. */
  photos: number
  undone_at: Date | null
}

/** Newest first. For the staff: to anybody else the database shows none. */
export async function listPublished(tx: Transaction<Tables>): Promise<PublishedImport[]> {
  const { rows } = await sql<PublishedImport>`
    select i.id, i.name, i.host_name, i.state, p.name as created_by_name, i.created_at, i.undone_at,
      count(*) filter (where it.outcome = 'new_celebrity')::int as celebrities, count(it.item)::int as photos
    from public.celebrity_imports i
    left join public.profiles p on p.id = i.created_by
    left join public.celebrity_import_items it
      on it.import_id = i.id and it.published_at is not null and it.undone_at is null
    group by i.id, p.name
    order by i.created_at desc, i.id`.execute(tx)
  return rows
}

/** What an undo left, and why, by name. */
export async function keptOf(
  tx: Transaction<Tables>,
  importId: string,
): Promise<{ celebrity_id: string; name: string | null; reason: string }[]> {
  const { rows } = await sql<{ celebrity_id: string; name: string | null; reason: string }>`
    select it.celebrity_id, coalesce(c.name, ch.after ->> 'name') as name, it.kept_reason as reason
    from public.celebrity_import_items it
    left join public.celebrities c on c.id = it.celebrity_id
    left join public.celebrity_changes ch on ch.id = it.change_id
    where it.import_id = ${importId}::uuid and it.kept_reason is not null
    order by lower(coalesce(c.name, ch.after ->> 'name')), it.item`.execute(tx)
  return rows
}
