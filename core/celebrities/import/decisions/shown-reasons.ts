import { sql } from 'kysely'
import { SemblanceError } from '../../../model/errors'
import type { Decision, Outcome, ShownFile } from '../../contract-import-schemas'
import { doubtOfAge, type StoredDecision } from '../plan/load-decisions'
import type { StagingTx } from '../staging/staging'

/** What the plan does not publish by itself. */
const heldOutcomes: readonly (Outcome | null)[] = ['needs_person', 'rejected', 'duplicate']

/**
 * For which reasons files are accepted: those that a person was shown, where they are those of this moment still. One that
 * was just changed by a decision of the same person about the file itself is accepted all the same, but for no reason.
 * @throws SemblanceError CONFLICT where files are held for something else by now
 */
export async function shownReasons(
  tx: StagingTx,
  importId: string,
  files: readonly ShownFile[],
  by: string | null,
): Promise<Pick<Extract<StoredDecision, { kind: 'accept' }>, 'shown' | 'faces'>> {
  const rows = await tx
    .selectFrom('files')
    .select(['id', 'outcome', 'outcome_code', 'face_index'])
    .where(sql<boolean>`id = any (${files.map(({ id }) => id)}::bigint[])`)
    .orderBy('id')
    .execute()
  const told = new Map(files.map((file) => [file.id, file]))
  const justSaid = await lastDecided(tx, importId, by)
  const shown: Record<string, number[]> = {}
  const faces: Record<string, number> = {}
  const others: number[] = []
  for (const { id: key, outcome, outcome_code, face_index } of rows) {
    const id = Number(key)
    const file = told.get(id)
    const isAsShown = file?.outcome_code === outcome_code && file.face_index === face_index
    if (!isAsShown && heldOutcomes.includes(outcome) && !justSaid.has(id)) others.push(id)
    if (!isAsShown || outcome_code === null) continue
    ;(shown[outcome_code] ??= []).push(id)
    if (outcome_code === doubtOfAge && face_index !== null) faces[id] = face_index
  }
  if (others.length > 0) throw isAnother(others)
  return { shown, faces }
}

/** Whoever decides need not wait until the list shows what came of it. */
async function lastDecided(tx: StagingTx, importId: string, by: string | null): Promise<ReadonlySet<number>> {
  const row = await tx
    .selectFrom('decisions')
    .select(sql<number[]>`detail -> 'file_ids'`.as('ids'))
    .where('import_id', '=', importId)
    .where('undone_at', 'is', null)
    .where('decided_by', 'is not distinct from', by)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return new Set(row?.ids)
}

function isAnother(ids: readonly number[]): SemblanceError {
  const what =
    ids.length === 1
      ? 'This photo is held for another reason by now. Look at it again.'
      : `${ids.length.toLocaleString('en')} of these photos are held for other reasons by now. Look at them again.`
  return new SemblanceError('CONFLICT', `${what} Nothing was decided.`, { file_ids: ids.slice(0, 100) })
}

const inWords: Record<Decision['kind'], string> = {
  accept: 'accepted this',
  reject: 'rejected this',
  face: 'picked another face here',
  same_person: 'said that this is the same person',
  different_person: 'said that this is a different person',
  describe: 'described this',
  reset: 'taken this back to the plan',
}

/**
 * Two people may look at one file at once: who comes second is told what the first one decided.
 * @param of.seen the last decision about the files that was shown; null: none
 * @throws SemblanceError CONFLICT where somebody else has decided about one of them since, and that stands
 */
export async function requireSeen(
  tx: StagingTx,
  importId: string,
  { ids, by, seen }: { ids: readonly number[]; by: string | null; seen: number | null },
): Promise<void> {
  const row = await tx
    .selectFrom('decisions')
    .select('kind')
    .where('import_id', '=', importId)
    .where('id', '>', String(seen ?? 0))
    .where('undone_at', 'is', null)
    .where('decided_by', 'is distinct from', by)
    .where(
      sql<boolean>`exists (
        select from jsonb_array_elements_text(detail -> 'file_ids') as one where one::bigint = any (${[...ids]}::bigint[])
      )`,
    )
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return
  throw new SemblanceError(
    'CONFLICT',
    `Somebody else has ${inWords[row.kind as Decision['kind']]} meanwhile. Look at it again. Nothing was decided.`,
    { file_ids: ids.slice(0, 100) },
  )
}
