import { sql } from 'kysely'
import type { CelebrityEdit, ChangeGroup, CurationSelection } from '../contract-curation'
import { changeInChunks, goneReason, type Curator, type Done, type Tx } from './changes'

const sameReason = 'It says so already.'

/**
 * One edit for all that are selected, each with what it was before. Those that say so already, or are gone, are named.
 * @param options.dryRun tells what would change and stores nothing
 */
export function editCelebrities(
  curator: Curator,
  {
    selection,
    edit,
    dryRun = false,
  }: { selection: CurationSelection; edit: CelebrityEdit; dryRun?: boolean },
): Promise<ChangeGroup> {
  const values = readEdit(edit)
  return changeInChunks(curator, selection, (tx, ids, groupId) =>
    dryRun ? wouldEdit(tx, ids, values) : editChunk(tx, { ids, values, groupId, by: curator.caller.id }),
  )
}

/** Columns that are written; what is empty is nothing. */
function readEdit(edit: CelebrityEdit): Record<string, string | null> {
  const given = Object.entries(edit).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([column, value]) => [column, value || null]))
}

/** The values that differ, of row `c` beside `edit`, as the table has them. */
const differing = sql`(
  select jsonb_object_agg(e.key, to_jsonb(c) -> e.key)
  from jsonb_each(edit.edit) as e
  where to_jsonb(c) ->> e.key is distinct from e.value #>> '{}')`

async function wouldEdit(tx: Tx, ids: string[], values: Record<string, string | null>): Promise<Done> {
  const { rows } = await sql<{ id: string; differs: boolean }>`
    select c.id, ${differing} is not null as differs
    from public.celebrities as c, (select ${JSON.stringify(values)}::jsonb as edit) as edit
    where c.id = any (${ids}::uuid[])`.execute(tx)
  return outcome(
    ids,
    rows.map(({ id }) => id),
    rows.filter(({ differs }) => differs).map(({ id }) => id),
  )
}

async function editChunk(
  tx: Tx,
  {
    ids,
    values,
    groupId,
    by,
  }: { ids: string[]; values: Record<string, string | null>; groupId: string; by: string },
): Promise<Done> {
  const written = Object.entries(values).map(([column, value]) => sql`${sql.ref(column)} = ${value}::text`)
  const { rows } = await sql<{ id: string; changed: boolean }>`
    with edit as materialized (select ${JSON.stringify(values)}::jsonb as edit),
    locked as materialized (
      select c.* from public.celebrities as c where c.id = any (${ids}::uuid[]) order by c.id for no key update
    ),
    seen as materialized (select c.id, ${differing} as before from locked as c, edit),
    changed as (
      update public.celebrities as c set ${sql.join(written)}
      from seen where seen.id = c.id and seen.before is not null
      returning c.id
    ),
    noted as (
      insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by, before, after)
      select ${groupId}::uuid, seen.id, 'edit', ${by}::uuid, seen.before, (
        select jsonb_object_agg(e.key, e.value) from jsonb_each(edit.edit) as e where seen.before ? e.key
      )
      from seen, edit
      where seen.id in (select changed.id from changed)
      order by seen.id
      returning celebrity_id
    )
    select seen.id, noted.celebrity_id is not null as changed
    from seen left join noted on noted.celebrity_id = seen.id`.execute(tx)
  return outcome(
    ids,
    rows.map(({ id }) => id),
    rows.filter(({ changed }) => changed).map(({ id }) => id),
  )
}

function outcome(ids: string[], found: string[], changed: string[]): Done {
  const [there, done] = [new Set(found), new Set(changed)]
  const skipped = ids.flatMap((id) =>
    done.has(id) ? [] : [{ id, reason: there.has(id) ? sameReason : goneReason }],
  )
  return { changed: done.size, skipped }
}
