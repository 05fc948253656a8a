import { sql } from 'kysely'
import { type Decided, lockReviewed, raise, union } from './decisions'
import { forget, remember, removeKnown } from './distinctions'
import { storedDecisionSchema, type StoredDecision } from '../plan/load-decisions'
import { changeAndPlan } from '../plan/plan-import'
import { redescribe } from './redescribe'
import type { Staging, StagingTx } from '../staging/staging'

/** Everybody takes their own decisions back one by one, the last one first, and makes them again the other way round. */

/**
 * Takes the last decision back that stands: all is as if it had never been. What is published stays as it is.
 * @returns what was taken back, in words; null where there was nothing
 * @throws SemblanceError CONFLICT where the import is not being reviewed, NOT_FOUND
 */
export async function undoDecision(
  staging: Staging,
  importId: string,
  by: string | null,
): Promise<Decided & { undone: string | null }> {
  const { changed, words } = await step(staging, importId, by, 'undo')
  return { changed, undone: words }
}

/**
 * Makes the decision again that was taken back last, unless somebody has decided or published something since.
 * @returns what was made again, in words; null where there was nothing
 * @throws SemblanceError CONFLICT where the import is not being reviewed, NOT_FOUND
 */
export async function redoDecision(
  staging: Staging,
  importId: string,
  by: string | null,
): Promise<Decided & { redone: string | null }> {
  const { changed, words } = await step(staging, importId, by, 'redo')
  return { changed, redone: words }
}

async function step(
  staging: Staging,
  importId: string,
  by: string | null,
  way: 'undo' | 'redo',
): Promise<Decided & { words: string | null }> {
  const { changed, fileIds, words } = await changeAndPlan(staging, importId, () =>
    staging.transaction(async (tx) => {
      const before = await lockReviewed(tx, importId)
      const next = await nextOf(tx, importId, by, way)
      if (!next) return { before, after: before, fileIds: [] as number[], words: null }
      const { id, stored } = next
      await tx
        .updateTable('decisions')
        .set(
          way === 'undo'
            ? { undone_at: sql`now()` as never, can_redo: true }
            : { undone_at: null, can_redo: false },
        )
        .where('id', '=', id)
        .execute()
      await (way === 'undo' ? takeBack : makeAgain)(tx, stored)
      if (stored.kind === 'describe' || stored.kind === 'reset')
        await redescribe(tx, importId, stored.file_ids)
      return { before, after: await raise(tx, importId), fileIds: stored.file_ids, words: wordsOf(stored) }
    }),
  )
  return { changed: union(changed, fileIds), words }
}

/**
 * The last one that stands and says something of a file that is not published yet; or of those that were taken back and
 * can be made again the first, which went last.
 */
async function nextOf(tx: StagingTx, importId: string, by: string | null, way: 'undo' | 'redo') {
  const row = await tx
    .selectFrom('decisions')
    .select(['id', 'kind', 'detail'])
    .where('import_id', '=', importId)
    .where('decided_by', 'is not distinct from', by)
    .where((eb) => (way === 'undo' ? eb('undone_at', 'is', null) : eb('can_redo', '=', true)))
    .where(
      sql<boolean>`exists (
        select from files f
        where f.import_id = ${importId} and f.published_at is null
          and f.id in (select id::bigint from jsonb_array_elements_text(decisions.detail -> 'file_ids') as id)
      )`,
    )
    .orderBy('id', way === 'undo' ? 'desc' : 'asc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, stored: storedDecisionSchema.parse({ ...row.detail, kind: row.kind }) }
}

async function takeBack(tx: StagingTx, stored: StoredDecision): Promise<void> {
  if (stored.kind === 'different_person') await forget(tx, stored.pairs)
  if (stored.kind === 'same_person' || stored.kind === 'reset') await remember(tx, stored.removed)
  await setChanged(tx, Object.entries(stored.cleared))
}

async function makeAgain(tx: StagingTx, stored: StoredDecision): Promise<void> {
  if (stored.kind === 'different_person') await remember(tx, stored.pairs)
  if (stored.kind === 'same_person' || stored.kind === 'reset') await removeKnown(tx, stored.removed)
  await setChanged(
    tx,
    Object.keys(stored.cleared).map((id) => [id, null]),
  )
}

/** What had changed underneath, by file: a decision settles that. */
async function setChanged(
  tx: StagingTx,
  reasons: readonly (readonly [string, string | null])[],
): Promise<void> {
  if (reasons.length === 0) return
  const rows = reasons.map(([id, reason]) => ({ id, reason }))
  await sql`
    update files as f set changed_reason = r.reason
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id bigint, reason text)
    where f.id = r.id`.execute(tx)
}

function wordsOf({ kind, file_ids }: StoredDecision): string {
  const files = file_ids.length === 1 ? '1 file' : `${file_ids.length} files`
  const words: Record<StoredDecision['kind'], string> = {
    accept: `Accepting ${files}`,
    reject: `Rejecting ${files}`,
    reset: `Resetting ${files}`,
    face: 'Picking another face',
    same_person: 'Saying that it is the same person',
    different_person: 'Saying that it is somebody else',
    describe: `Describing ${files}`,
  }
  return words[kind]
}
