import { sql } from 'kysely'
import type { Tx } from './changes'

/** Whose photo this is, current or further; undefined where it is nobody's. @param photo.but a further photo that does not count */
export async function holderOf(
  tx: Tx,
  photo: { imageHash: string; but?: string } | { path: string },
): Promise<{ id: string; name: string } | undefined> {
  const [column, value] =
    'path' in photo ? [sql.ref('image_path'), photo.path] : [sql.ref('image_hash'), photo.imageHash]
  const but = 'but' in photo ? (photo.but ?? null) : null
  const { rows } = await sql<{ id: string; name: string }>`
    select c.id, c.name from public.celebrities as c
    where c.id in (
      select id from public.celebrities where ${column} = ${value}
      union all
      select celebrity_id from public.celebrity_photos where ${column} = ${value} and id is distinct from ${but}::uuid
    )
    order by c.id limit 1`.execute(tx)
  return rows[0]
}

/** Until the transaction ends nobody else gives this photo to a celebrity; an import takes the same lock. */
export async function lockPhoto(tx: Tx, imageHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('celebrity photo ' || ${imageHash}::text, 0))`.execute(
    tx,
  )
}
