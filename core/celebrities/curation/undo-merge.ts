import { sql } from 'kysely'
import type { Tx } from './changes'
import { hindrances, putBack } from './undo-trash'
import { away, kept, markUndone, type Kept, type StandingChange } from './undo-rules'

/**
 * Takes those who were merged apart again: all of them or none. Their photos must still be among those of the one who
 * stayed, as the merge left them.
 */
export async function undoMerge(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const stayed = changes.find(({ after }) => Array.isArray(after['merged']))
  if (!stayed) return changes.map((change) => kept(change, 'It was taken back already.'))
  const others = changes.filter((change) => change !== stayed)
  const photos = stayed.after['photos'] as string[]
  const reason = await whyNot(tx, { stayed, others, photos })
  if (reason) return changes.map((change) => kept(change, reason))
  const { celebrity_id: id } = stayed
  await sql`delete from public.celebrity_photos where id = any (${photos}::uuid[])`.execute(tx)
  const distinctions = stayed.after['distinctions'] as string[]
  await sql`
    delete from public.celebrity_distinctions
    where (celebrity_a_id = ${id}::uuid and celebrity_b_id = any (${distinctions}::uuid[]))
      or (celebrity_b_id = ${id}::uuid and celebrity_a_id = any (${distinctions}::uuid[]))`.execute(tx)
  await putBack(tx, others)
  await markUndone(tx, changes, by)
  return []
}

async function whyNot(
  tx: Tx,
  { stayed, others, photos }: { stayed: StandingChange; others: StandingChange[]; photos: string[] },
): Promise<string | null> {
  if (stayed.name === null) return away(stayed).reason
  const { rows } = await sql<{ left: number }>`
    select count(*)::int as left from public.celebrity_photos
    where id = any (${photos}::uuid[]) and celebrity_id = ${stayed.celebrity_id}::uuid`.execute(tx)
  const moved = photos.length - rows[0].left
  if (moved > 0) {
    const which = moved === 1 ? 'A photo that came with it is' : `${moved} photos that came with it are`
    return `${which} not where the merge put it. Undo what was done to the photos of ${stayed.name} first.`
  }
  const [hindered] = (await hindrances(tx, others, photos)).values()
  return hindered?.reason ?? null
}
