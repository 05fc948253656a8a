import { sql } from 'kysely'
import type { CelebrityChange } from '../contract-curation'
import type { Tx } from './changes'
import { redoableKinds } from './redo'
import { undoableKinds } from './undo'
import { describeChange, describeGroup, type ChangeFacts } from './words'

const listed = 200

interface ChangeRow extends ChangeFacts {
  id: number
  group_id: string
  celebrity_id: string
  changed_by_name: string | null
  changed_at: Date
  undone_at: Date | null
  can_undo: boolean
}

/** What there is to say of a change `t`: of columns all, of rows how many. */
const facts = sql`t.kind, t.after, case
    when t.kind = 'edit' then t.before
    when t.before ? 'celebrity_photos' then jsonb_build_object('photos', jsonb_array_length(t.before -> 'celebrity_photos'))
    else '{}'
  end as before`

const canUndo = sql`(t.undone_at is null and t.purged_at is null and coalesce(t.purge_at > now(), true)
  and t.kind = any (${undoableKinds}::text[]))`

/** What was done to a celebrity, newest first, with what was done to those who were merged into them. */
export async function historyOf(tx: Tx, id: string): Promise<CelebrityChange[]> {
  const { rows } = await sql<ChangeRow>`
    with recursive own (id) as (
      select ${id}::uuid
      union
      select merged.id::uuid
      from own
      join public.celebrity_changes as m on m.celebrity_id = own.id and m.kind = 'merge' and m.undone_at is null
      cross join lateral jsonb_array_elements_text(
        case when jsonb_typeof(m.after -> 'merged') = 'array' then m.after -> 'merged' else '[]' end
      ) as merged (id)
    )
    select t.id::float8 as id, t.group_id, t.celebrity_id, p.name as changed_by_name, t.changed_at, t.undone_at,
      ${canUndo} as can_undo, ${facts}
    from own
    join public.celebrity_changes as t on t.celebrity_id = own.id
    left join public.profiles as p on p.id = t.changed_by
    order by t.id desc
    limit ${sql.lit(listed)}`.execute(tx)
  return rows.map(({ before, after, ...row }) => ({
    ...row,
    what: describeChange({ kind: row.kind, before, after }),
  }))
}

interface LastRow extends ChangeFacts {
  group_id: string
  at: Date
  celebrities: number
  name: string | null
}

/** The first group of changes `t` of these, in words. @param at the time that is told with it */
async function firstOf(
  tx: Tx,
  { which, order, at }: Record<'which' | 'order' | 'at', ReturnType<typeof sql>>,
): Promise<{ group_id: string; what: string; at: Date } | null> {
  const { rows } = await sql<LastRow>`
    with last as materialized (
      select t.id, t.group_id, t.celebrity_id, ${at} as at, ${facts} from public.celebrity_changes as t
      where ${which} order by ${order} limit 1
    )
    select t.group_id, t.at, t.kind, t.before, coalesce(c.name, t.after ->> 'name') as name,
      case when t.kind = 'edit' then (
        select jsonb_object_agg(e.key, e.value)
        from public.celebrity_changes as g cross join jsonb_each(g.after) as e where g.group_id = t.group_id
      ) else t.after end as after,
      (select count(*)::int from public.celebrity_changes as g where g.group_id = t.group_id) as celebrities
    from last as t
    left join public.celebrities as c on c.id = t.celebrity_id`.execute(tx)
  const [last] = rows
  return last ? { group_id: last.group_id, what: describeGroup(last), at: last.at } : null
}

/** The last group of changes of a person that stands whole and can be undone. */
export async function lastChangeOf(tx: Tx, by: string) {
  const which = sql`t.changed_by = ${by}::uuid and ${canUndo} and not exists (
    select from public.celebrity_changes as other
    where other.group_id = t.group_id and other.undone_at is not null)`
  const last = await firstOf(tx, { which, order: sql`t.id desc`, at: sql`t.changed_at` })
  return last && { group_id: last.group_id, what: last.what, changed_at: last.at }
}

/** What a person took back last and can do again: nothing, once they did something else. */
export async function lastUndoneOf(tx: Tx, by: string) {
  const which = sql`t.undone_by = ${by}::uuid and t.kind = any (${redoableKinds}::text[])
    and not exists (select from public.celebrity_changes as again where again.redo_of = t.group_id)
    and not exists (
      select from public.celebrity_changes as later
      where later.changed_by = ${by}::uuid and later.changed_at > t.undone_at and later.redo_of is null)`
  const last = await firstOf(tx, { which, order: sql`t.undone_at desc, t.id desc`, at: sql`t.undone_at` })
  return last && { group_id: last.group_id, what: last.what, undone_at: last.at }
}
