import { sql } from 'kysely'
import type { Tx } from './changes'
import { queueForNewPhoto } from './queue-analysis'
import { currentPhotoColumns } from './swap-photo'
import { away, kept, markUndone, type Kept, type StandingChange } from './undo-rules'

/** Gives a celebrity back the photo that they were known by. */
export async function undoSwap(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const left: Kept[] = []
  for (const change of changes) {
    const reason = await whyNotSwap(tx, change)
    if (reason) left.push(kept(change, reason))
    else await swapBack(tx, change, by)
  }
  return left
}

async function whyNotSwap(tx: Tx, change: StandingChange): Promise<string | null> {
  if (change.name === null) return away(change).reason
  const { rows } = await sql<{
    is_current: boolean
    is_kept: boolean
    holder: string | null
    place: string | null
  }>`
    select
      (c.image_path, c.licence, c.source)
        is not distinct from (t.after ->> 'image_path', t.after ->> 'licence', t.after ->> 'source')
        and not exists (
          select from public.celebrity_changes as l
          where l.celebrity_id = c.id and l.id > t.id and l.undone_at is null
            and (
              l.kind = 'replace_photo' or (l.kind = 'import' and l.before is not null)
              or (l.kind = 'edit' and l.before ?| array['licence', 'source'])
            )
        ) as is_current,
      exists (
        select from public.celebrity_photos as p
        where p.id = (t.after ->> 'photo_id')::uuid and p.celebrity_id = c.id
          and p.image_path = t.before #>> '{celebrities,0,image_path}'
      ) as is_kept,
      (
        select twin.name from public.celebrities as twin
        where twin.image_hash = t.before #>> '{celebrities,0,image_hash}' and twin.id <> c.id
      ) as holder,
      (
        select owner.name
        from public.celebrity_photos as p
        join public.celebrities as owner on owner.id = p.celebrity_id
        where p.id = (t.before #>> '{celebrity_photos,0,id}')::uuid
          or p.image_hash = t.before #>> '{celebrity_photos,0,image_hash}'
        limit 1
      ) as place
    from public.celebrity_changes as t
    join public.celebrities as c on c.id = t.celebrity_id
    where t.id = ${change.id}::int8`.execute(tx)
  const [{ is_current: isCurrent, is_kept: isKept, holder, place }] = rows
  if (!isCurrent)
    return `The photo of ${change.name} was changed since, or what is said of where it comes from.`
  if (!isKept) return `The photo that ${change.name} had before is not among theirs any more.`
  if (holder ?? place) return `${holder ?? place} has this photo by now. Take it away first.`
  return null
}

async function swapBack(tx: Tx, change: StandingChange, by: string): Promise<void> {
  const columns = currentPhotoColumns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`b.${column}`)}`)
  await sql`
    delete from public.celebrity_photos
    where id = (select (t.after ->> 'photo_id')::uuid from public.celebrity_changes as t where t.id = ${change.id}::int8)`.execute(
    tx,
  )
  await sql`
    update public.celebrities as c set ${sql.join(columns)}
    from public.celebrity_changes as t
    cross join lateral jsonb_populate_recordset(null::public.celebrities, t.before -> 'celebrities') as b
    where t.id = ${change.id}::int8 and c.id = t.celebrity_id`.execute(tx)
  await putPhotosBack(tx, change)
  // Of a photo that was put in place, nothing names the file any more.
  await markUndone(tx, [change], by, { purge: true })
  await queueForNewPhoto(tx, change.celebrity_id)
}

/** Brings further photos back that were taken away. */
export async function undoPhotoRemoval(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const left: Kept[] = []
  for (const change of changes) {
    const reason = await whyNotBack(tx, change)
    if (reason) left.push(kept(change, reason))
    else {
      await putPhotosBack(tx, change)
      await markUndone(tx, [change], by)
    }
  }
  return left
}

async function whyNotBack(tx: Tx, change: StandingChange): Promise<string | null> {
  if (change.name === null) return away(change).reason
  if (change.is_expired) return 'This photo is gone for good.'
  const { rows } = await sql<{ name: string }>`
    select owner.name
    from public.celebrity_changes as t
    join public.celebrity_photos as p
      on p.id = (t.before #>> '{celebrity_photos,0,id}')::uuid
      or p.image_hash = t.before #>> '{celebrity_photos,0,image_hash}'
    join public.celebrities as owner on owner.id = p.celebrity_id
    where t.id = ${change.id}::int8
    limit 1`.execute(tx)
  return rows[0] ? `${rows[0].name} has this photo by now. Take it away first.` : null
}

async function putPhotosBack(tx: Tx, { id }: StandingChange): Promise<void> {
  await sql`
    select private.insert_rows('public.celebrity_photos', t.before -> 'celebrity_photos')
    from public.celebrity_changes as t where t.id = ${id}::int8`.execute(tx)
}
