import { sql } from 'kysely'
import type { Tx } from './changes'
import { away, kept, markUndone, type Kept, type StandingChange } from './undo-rules'

/** Takes celebrities away again whom somebody added, as long as nobody has done anything to them since. */
export async function undoAdds(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const ids = changes.map(({ id }) => id)
  const { rows } = await sql<{ id: string }>`
    select t.id::text
    from public.celebrity_changes as t
    join public.celebrities as c on c.id = t.celebrity_id
    where t.id = any (${ids}::int8[])
      and not exists (
        select from jsonb_each_text(t.after) as e where to_jsonb(c) ->> e.key is distinct from e.value
      )
      and not exists (select from public.celebrity_photos as p where p.celebrity_id = c.id)
      and not exists (
        select from public.celebrity_changes as l
        where l.celebrity_id = c.id and l.id > t.id and l.undone_at is null
      )`.execute(tx)
  const as = new Set(rows.map(({ id }) => id))
  const back = changes.filter(({ id }) => as.has(id))
  await sql`
    delete from public.celebrities
    where id = any (${back.map(({ celebrity_id }) => celebrity_id)}::uuid[])`.execute(tx)
  await markUndone(tx, back, by, { purge: true })
  return changes.flatMap((change) => {
    if (as.has(change.id)) return []
    return change.name === null ? [away(change)] : [kept(change, `${change.name} was changed since.`)]
  })
}
