import { sql } from 'kysely'
import type { CelebrityChangeKind } from '../../database/curation-tables'
import { SemblanceError } from '../../model/errors'
import type { ChangeGroup } from '../contract-curation'
import { changeInChunks, goneReason, type Curator } from './changes'
import { distinguish } from './distinguish'
import { mergeCelebrities } from './merge'
import { trashCelebrities } from './trash'
import { editable } from './undo-edit'

/** Doing again what was taken back: a change of its own, with its undo, which says of which other it is the repetition. */

interface UndoneChange {
  celebrity_id: string
  kind: CelebrityChangeKind
  after: Record<string, unknown>
}

type Redo = (curator: Curator, changes: UndoneChange[], groupId: string) => Promise<ChangeGroup>

/** Where a photo was put in place or taken away its file may be gone by now, so those are not among them. */
const redos: Partial<Record<CelebrityChangeKind, Redo>> = {
  edit: redoEdits,
  trash: (curator, changes) => trashCelebrities(curator, { ids: changes.map((one) => one.celebrity_id) }),
  merge(curator, changes) {
    const stayed = changes.find(({ after }) => Array.isArray(after['merged']))
    if (!stayed) throw notAgain()
    return mergeCelebrities(curator, { id: stayed.celebrity_id, others: stayed.after['merged'] as string[] })
  },
  distinguish: (curator, [{ celebrity_id: id, after }]) =>
    distinguish(curator, {
      id,
      other: after['other'] as string,
      are_distinct: after['are_distinct'] === true,
    }),
}
/** What `curation.redo` does again. */
export const redoableKinds = Object.keys(redos) as CelebrityChangeKind[]

const notAgain = () =>
  new SemblanceError('CONFLICT', 'This can’t be done again by itself. Do it as you did it the first time.')

/**
 * Does a group of changes again that was taken back, as far as it was. Whoever was changed since is left, and named.
 * @throws SemblanceError NOT_FOUND; CONFLICT where nothing of it was taken back, or it was done again already
 */
export async function redoGroup(curator: Curator, groupId: string): Promise<ChangeGroup> {
  const { transaction } = curator
  const { found, again } = await transaction(async (tx) => ({
    found: await tx
      .selectFrom('celebrity_changes')
      .select(['celebrity_id', 'kind', 'after', 'undone_at'])
      .where('group_id', '=', groupId)
      .orderBy('id')
      .execute(),
    again: await tx
      .selectFrom('celebrity_changes')
      .select('id')
      .where('redo_of', '=', groupId)
      .limit(1)
      .execute(),
  }))
  if (found.length === 0) throw new SemblanceError('NOT_FOUND', 'There is no such change.')
  const undone = found.filter(({ undone_at }) => undone_at !== null)
  if (undone.length === 0) throw new SemblanceError('CONFLICT', 'It stands: nothing of it was taken back.')
  if (again.length > 0) throw new SemblanceError('CONFLICT', 'It was done again already.')
  const redo = redos[undone[0].kind]
  if (!redo) throw notAgain()
  const changes = undone.map(({ after, ...change }) => ({ ...change, after: after ?? {} }))
  const group = await redo(curator, changes, groupId)
  await transaction((tx) =>
    tx
      .updateTable('celebrity_changes')
      .set({ redo_of: groupId })
      .where('group_id', '=', group.group_id)
      .execute(),
  )
  return group
}

/** Writes what edits wrote, on those who are as the undo left them. */
function redoEdits(curator: Curator, changes: UndoneChange[], of: string): Promise<ChangeGroup> {
  const ids = changes.map((one) => one.celebrity_id)
  const written = editable.map((column) => {
    const key = sql.lit(column)
    return sql`${sql.ref(column)} = case when was.after ? ${key} then was.after ->> ${key} else ${sql.ref(`c.${column}`)} end`
  })
  return changeInChunks(curator, { ids }, async (tx, chunk, groupId) => {
    const { rows } = await sql<{ id: string; changed: boolean }>`
      with locked as materialized (
        select c.* from public.celebrities as c where c.id = any (${chunk}::uuid[]) order by c.id for no key update
      ),
      seen as materialized (
        select c.id, t.before, t.after, not exists (
          select from jsonb_each_text(t.before) as e where to_jsonb(c) ->> e.key is distinct from e.value
        ) as fits
        from locked as c
        join public.celebrity_changes as t
          on t.celebrity_id = c.id and t.group_id = ${of}::uuid and t.undone_at is not null
      ),
      changed as (
        update public.celebrities as c set ${sql.join(written)}
        from seen as was where was.id = c.id and was.fits
      ),
      noted as (
        insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by, before, after)
        select ${groupId}::uuid, seen.id, 'edit', ${curator.caller.id}::uuid, seen.before, seen.after
        from seen where seen.fits order by seen.id
      )
      select seen.id, seen.fits as changed from seen`.execute(tx)
    const fits = new Map(rows.map(({ id, changed }) => [id, changed]))
    const left = chunk.filter((id) => !fits.get(id))
    return {
      changed: chunk.length - left.length,
      skipped: left.map((id) => ({ id, reason: fits.has(id) ? 'Somebody changed it since.' : goneReason })),
    }
  })
}
