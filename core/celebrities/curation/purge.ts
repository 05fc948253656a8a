import { sql } from 'kysely'
import type { SignedInContext } from '../../access/procedure'
import { pathsOf } from '../../access/remove-photos'
import type { Database } from '../../database/connect'
import { SemblanceError } from '../../model/errors'
import type { Images } from '../../supabase/images'
import type { Tx } from './changes'

/**
 * What is out of the trash for good: first its files go, then the rows that are kept for an undo. A change whose time is
 * over can't be undone any more, so nothing comes back in between; whoever breaks off is followed by the next, and two
 * who do it at once do the same.
 */

/** So many changes are purged at once. */
const chunkSize = 100

interface PurgeParts {
  database: Database
  images: Images
}

/**
 * Takes changes of the trash out of it for good, now.
 * @throws SemblanceError NOT_FOUND where none of them lies in the trash; UNAVAILABLE where Storage is away: then the
 *   host goes on once it is back
 */
export async function purgeChanges(context: SignedInContext, ids: readonly number[]): Promise<number> {
  const due = await context.transaction((tx) => makeDue(tx, ids))
  if (due.length === 0) throw new SemblanceError('NOT_FOUND', 'None of this is in the trash any more.')
  let purged = 0
  for (let start = 0; start < due.length; start += chunkSize) {
    purged += await purgeDue(context, due.slice(start, start + chunkSize))
  }
  return purged
}

async function makeDue(tx: Tx, ids: readonly number[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update public.celebrity_changes set purge_at = least(purge_at, now())
    where id = any (${ids}::int8[]) and kind in ('trash', 'remove_photo') and undone_at is null and purged_at is null
    returning id::text`.execute(tx)
  return rows.map(({ id }) => id)
}

/** Purges the next changes whose time is over. Gives how many; 0 where there is nothing to do. */
export async function purgeNext(parts: PurgeParts): Promise<number> {
  const due = await parts.database.asService(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      (
        select id::text from public.celebrity_changes
        where purged_at is null and undone_at is null and purge_at <= now() order by purge_at limit ${sql.lit(chunkSize)}
      ) union all (
        select id::text from public.celebrity_changes
        where purged_at is null and undone_at is not null and purge_at <= now() and kind in ('add', 'replace_photo')
        order by purge_at limit ${sql.lit(chunkSize)}
      )
      limit ${sql.lit(chunkSize)}`.execute(tx)
    return rows.map(({ id }) => id)
  })
  return due.length > 0 ? purgeDue(parts, due) : 0
}

/** Files first, then the mark: the host's own duty, once it is decided that they go. */
async function purgeDue({ database, images }: PurgeParts, ids: string[]): Promise<number> {
  const paths = await database.asService((tx) => unusedPaths(tx, ids))
  const files = paths.flatMap((path) =>
    pathsOf(images, { image_path: path, thumbnail_path: null, view_path: null }),
  )
  if (files.length > 0) await images.remove('celebrity-images', [...new Set(files)])
  return database.asService(async (tx) => {
    const { rows } = await sql`
      update public.celebrity_changes set purged_at = now(), before = null, image_paths = '{}'
      where id = any (${ids}::int8[]) and purged_at is null and purge_at <= now()
      returning id`.execute(tx)
    return rows.length
  })
}

/** The files of these changes that no row names, nor another change that may still be undone. */
async function unusedPaths(tx: Tx, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ path: string }>`
    with named as materialized (
      select distinct path from public.celebrity_changes as t cross join unnest(t.image_paths) as path
      where t.id = any (${ids}::int8[]) and t.purge_at <= now()
    )
    select path from named
    where path not in (
      select unnest(array[c.image_path, coalesce(c.thumbnail_path, ''), coalesce(c.view_path, '')])
      from public.celebrities as c
    )
    and path not in (
      select unnest(array[p.image_path, coalesce(p.thumbnail_path, ''), coalesce(p.view_path, '')])
      from public.celebrity_photos as p
    )
    and not exists (
      select from public.celebrity_changes as other
      where other.purged_at is null and other.undone_at is null and other.purge_at > now()
        and named.path = any (other.image_paths)
    )`.execute(tx)
  return rows.map(({ path }) => path)
}
