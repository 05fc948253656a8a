import { sql } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor } from '../../access/cursor'
import { containsPattern } from '../../access/search-text'
import type { ChangeGroup, CurationSelection } from '../contract-curation'
import { changeInChunks, goneReason, type Curator, type Done, type Tx } from './changes'

/** Days that something lies in the trash. */
export const trashDays = 30
export const purgeAt = sql<Date>`now() + make_interval(days => ${sql.lit(trashDays)})`

/**
 * Takes celebrities out of the gallery with all that hangs on them; each change holds them whole, until an undo brings
 * them back or they are purged. Their files stay until then.
 */
export function trashCelebrities(
  curator: Curator,
  selection: CurationSelection,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<ChangeGroup> {
  return changeInChunks(curator, selection, async (tx, ids, groupId) => {
    const there = dryRun ? await wouldTrash(tx, ids) : await trashChunk(tx, ids, groupId, curator.caller.id)
    return outcome(ids, there)
  })
}

async function wouldTrash(tx: Tx, ids: string[]): Promise<string[]> {
  const rows = await tx.selectFrom('celebrities').select('id').where('id', 'in', ids).execute()
  return rows.map(({ id }) => id)
}

async function trashChunk(tx: Tx, ids: string[], groupId: string, by: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into public.celebrity_changes (
      group_id, celebrity_id, kind, changed_by, before, after, image_paths, purge_at
    )
    select ${groupId}::uuid, taken.celebrity_id, 'trash', ${by}::uuid, taken.snapshot, ${summaryOf('taken.snapshot')},
      ${pathsIn('taken.snapshot')}, ${purgeAt}
    from private.take_celebrities(${ids}::uuid[]) as taken
    returning celebrity_id as id`.execute(tx)
  return rows.map(({ id }) => id)
}

/** What a list shows of a celebrity that was taken away, so that nobody need open the whole of it. */
export const summaryOf = (snapshot: string) => {
  const kept = sql.ref(snapshot)
  return sql`jsonb_build_object(
    'name', ${kept} #> '{celebrities,0,name}', 'image_path', ${kept} #> '{celebrities,0,image_path}',
    'thumbnail_path', ${kept} #> '{celebrities,0,thumbnail_path}',
    'photos', 1 + jsonb_array_length(${kept} -> 'celebrity_photos'),
    'lookalikes', jsonb_array_length(${kept} -> 'celebrity_matches'))`
}

/** Where the files of a celebrity that was taken away lie. */
const pathsIn = (snapshot: string) => {
  const kept = sql.ref(snapshot)
  return sql`array(
    select path
    from jsonb_array_elements((${kept} -> 'celebrities') || (${kept} -> 'celebrity_photos')) as part(entry)
    cross join unnest(array[entry ->> 'image_path', entry ->> 'thumbnail_path', entry ->> 'view_path']) as path
    where path is not null)`
}

function outcome(ids: string[], changed: string[]): Done {
  const done = new Set(changed)
  return {
    changed: done.size,
    skipped: ids.filter((id) => !done.has(id)).map((id) => ({ id, reason: goneReason })),
  }
}

export interface TrashedRow {
  change_id: number
  group_id: string
  celebrity_id: string
  name: string
  image_path: string
  thumbnail_path: string | null
  changed_by_name: string | null
  changed_at: Date
  purge_at: Date
  photos: number
  lookalikes: number
}

const cursorSchema = z.strictObject({ id: z.int(), total: z.int() })

/** What lies in the trash, newest first, without photos' addresses. */
export async function listTrash(
  tx: Tx,
  { search, cursor, limit }: { search?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(cursor, cursorSchema)
  const named = search ? sql`t.after ->> 'name' ilike ${containsPattern(search)}` : sql`true`
  const standing = sql`t.kind = 'trash' and t.undone_at is null and t.purged_at is null and t.purge_at > now() and ${named}`
  const total = after?.total ?? (await countTrash(tx, standing))
  const { rows } = await sql<TrashedRow>`
    select t.id::int8::float8 as change_id, t.group_id, t.celebrity_id, t.after ->> 'name' as name,
      t.after ->> 'image_path' as image_path, t.after ->> 'thumbnail_path' as thumbnail_path,
      p.name as changed_by_name, t.changed_at, t.purge_at,
      (t.after ->> 'photos')::int as photos, (t.after ->> 'lookalikes')::int as lookalikes
    from public.celebrity_changes as t
    left join public.profiles as p on p.id = t.changed_by
    where ${standing} and ${after ? sql`t.id < ${after.id}::int8` : sql`true`}
    order by t.id desc
    limit ${limit + 1}`.execute(tx)
  return { total, ...cutPage(rows, limit, (last) => ({ id: last.change_id, total })) }
}

async function countTrash(tx: Tx, standing: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from public.celebrity_changes as t where ${standing}`.execute(tx)
  return rows[0].total
}
