import { sql } from 'kysely'
import { away, kept, markUndone, type Kept, type StandingChange } from './undo-rules'
import type { Tx } from './changes'

/** The columns that an edit writes. */
export const editable = ['name', 'bio', 'category', 'gender', 'licence', 'source'] as const

/**
 * The columns of change `t`'s celebrity that a later change wrote which stands: also where they say the same again by
 * now, since that change has to be taken back first.
 */
const changedSince = sql`(
  select w.key
  from public.celebrity_changes as l
  cross join lateral (
    select jsonb_object_keys(l.before) as key where l.kind = 'edit'
    union all
    select unnest(array['licence', 'source'])
    where l.kind = 'replace_photo' or (l.kind = 'import' and l.before is not null)
  ) as w
  where l.celebrity_id = t.celebrity_id and l.id > t.id and l.undone_at is null
)`

/** Puts the columns of edits back, of each celebrity all of them or none. */
export async function undoEdits(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const ids = changes.map(({ id }) => id)
  const back = editable.map((column) => {
    const key = sql.lit(column)
    return sql`${sql.ref(column)} = case when t.before ? ${key} then t.before ->> ${key} else ${sql.ref(`c.${column}`)} end`
  })
  const { rows } = await sql<{ id: string; changed: string[] | null }>`
    with seen as materialized (
      select t.id, t.celebrity_id, (
        select array_agg(e.key order by e.key) from jsonb_each_text(t.after) as e
        where to_jsonb(c) ->> e.key is distinct from e.value or e.key in (select later.key from ${changedSince} as later)
      ) as changed
      from public.celebrity_changes as t
      join public.celebrities as c on c.id = t.celebrity_id
      where t.id = any (${ids}::int8[])
    ),
    done as (
      update public.celebrities as c set ${sql.join(back)}
      from seen join public.celebrity_changes as t on t.id = seen.id
      where c.id = seen.celebrity_id and seen.changed is null
    )
    select id::text, changed from seen`.execute(tx)
  const seen = new Map(rows.map(({ id, changed }) => [id, changed]))
  const left = changes.flatMap((change) => {
    const changed = seen.get(change.id)
    if (changed === undefined) return [away(change)]
    return changed
      ? [kept(change, `Somebody changed the ${changed.join(' and the ')} of ${change.known_as} since.`)]
      : []
  })
  await markUndone(
    tx,
    changes.filter(({ id }) => seen.get(id) === null),
    by,
  )
  return left
}
