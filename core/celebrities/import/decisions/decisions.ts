import { sql } from 'kysely'
import { SemblanceError } from '../../../model/errors'
import type { Decision } from '../../contract-import-schemas'
import { inWords } from '../phases'
import type { StoredDecision } from '../plan/load-decisions'
import { changeAndPlan } from '../plan/plan-import'
import { redescribe } from './redescribe'
import { requireSeen, shownReasons } from './shown-reasons'
import { distinguish } from './distinctions'
import type { Staging, StagingTx } from '../staging/staging'

/**
 * What a person says of files. Each is written down and can be taken back, the last one first; the plan follows them.
 */

export interface Decided {
  /** Ids of the files that it says something of, and of those whose outcome it changed. */
  changed: number[]
}

/**
 * @param by who says it; null for the command line
 * @param seen the last decision about its files that whoever says it was shown, null: none; undefined: nobody asks
 * @throws SemblanceError CONFLICT where the import is not being reviewed, or a file to accept is held for another reason
 *   than was shown, or somebody else has decided since; BAD_REQUEST where files, a face or the other side don't exist,
 *   or it makes no sense; NOT_FOUND
 */
export async function decide(
  staging: Staging,
  importId: string,
  decision: Decision,
  by: string | null,
  seen?: number | null,
): Promise<Decided> {
  const { changed, fileIds } = await changeAndPlan(staging, importId, () =>
    staging.transaction(async (tx) => {
      const before = await lockReviewed(tx, importId)
      if (seen !== undefined) await requireSeen(tx, importId, { ids: filesOf(decision), by, seen })
      const stored = await prepare(tx, importId, decision, by)
      const { kind, ...detail } = stored
      // Whoever decides something else goes another way than the one that was taken back.
      await tx.updateTable('decisions').set({ can_redo: false }).where('import_id', '=', importId).execute()
      const only = stored.file_ids.length === 1 ? String(stored.file_ids[0]) : null
      await tx
        .insertInto('decisions')
        .values({ import_id: importId, file_id: only, kind, detail: JSON.stringify(detail), decided_by: by })
        .execute()
      if (kind === 'describe' || kind === 'reset') await redescribe(tx, importId, stored.file_ids)
      return { before, after: await raise(tx, importId), fileIds: stored.file_ids }
    }),
  )
  return { changed: union(changed, fileIds) }
}

function filesOf(decision: Decision): number[] {
  if ('file_id' in decision) return [decision.file_id]
  return [...new Set('files' in decision ? decision.files.map(({ id }) => id) : decision.file_ids)]
}

/** Checks a decision, does what it does besides being remembered, and gives what is written down of it. */
async function prepare(
  tx: StagingTx,
  importId: string,
  decision: Decision,
  by: string | null,
): Promise<StoredDecision> {
  const ids = filesOf(decision)
  await requireFiles(tx, importId, ids)
  const common = { file_ids: ids, cleared: await clearChanged(tx, ids) }
  switch (decision.kind) {
    case 'accept':
      return { kind: 'accept', ...common, ...(await shownReasons(tx, importId, decision.files, by)) }
    case 'reject':
      return { kind: 'reject', ...common }
    case 'reset':
      return { kind: 'reset', ...common, removed: await distinguish.undoOf(tx, importId, ids) }
    case 'face':
      await requireFace(tx, decision)
      return { kind: 'face', ...common, face_index: decision.face_index }
    case 'same_person':
      await requireOther(tx, importId, decision)
      return {
        ...{ kind: 'same_person', ...common, with: decision.with },
        removed: await distinguish.contradictedBy(tx, decision),
      }
    case 'different_person':
      return {
        kind: 'different_person',
        ...common,
        ...(await distinguish.fromReference(tx, decision.file_id)),
      }
    case 'describe': {
      const { name, bio, category, gender, licence, source } = decision
      const set = { name, bio, category, gender, licence, source }
      if (Object.values(set).every((value) => value === null)) {
        throw new SemblanceError('BAD_REQUEST', 'Say what is to be written: nothing is filled in.')
      }
      return { kind: 'describe', ...common, set }
    }
  }
}

/** What had changed underneath is settled by whatever a person says of the file. Gives what that was. */
async function clearChanged(tx: StagingTx, ids: readonly number[]): Promise<Record<string, string>> {
  const rows = await tx
    .selectFrom('files')
    .select(['id', 'changed_reason'])
    .where(sql<boolean>`id = any (${[...ids]}::bigint[])`)
    .where('changed_reason', 'is not', null)
    .execute()
  if (rows.length === 0) return {}
  await tx
    .updateTable('files')
    .set({ changed_reason: null })
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  return Object.fromEntries(rows.map(({ id, changed_reason }) => [id, changed_reason ?? '']))
}

/** @returns the revision. @throws SemblanceError CONFLICT where the import is not being reviewed, NOT_FOUND */
export async function lockReviewed(tx: StagingTx, importId: string): Promise<string> {
  const row = await tx
    .selectFrom('imports')
    .select(['state', 'revision'])
    .where('id', '=', importId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  if (row.state === 'review') return row.revision
  throw new SemblanceError('CONFLICT', `This import ${inWords[row.state]}; nothing can be decided now.`, {
    state: row.state,
  })
}

/** The import is another one from here on. @returns the new revision */
export async function raise(tx: StagingTx, importId: string): Promise<string> {
  const { revision } = await tx
    .updateTable('imports')
    .set({ revision: sql`revision + 1` })
    .where('id', '=', importId)
    .returning('revision')
    .executeTakeFirstOrThrow()
  return revision
}

async function requireFiles(tx: StagingTx, importId: string, ids: readonly number[]): Promise<void> {
  const rows = await tx
    .selectFrom('files')
    .select(['id', 'published_at'])
    .where('import_id', '=', importId)
    .where(sql<boolean>`id = any (${[...ids]}::bigint[])`)
    .execute()
  const known = new Set(rows.map(({ id }) => Number(id)))
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(', ')
    const what = missing.length === 1 ? 'There is no file' : 'There are no files'
    throw new SemblanceError('BAD_REQUEST', `${what} ${some} in this import.`, {
      file_ids: missing.slice(0, 100),
    })
  }
  if (rows.some(({ published_at }) => published_at !== null)) {
    throw new SemblanceError('CONFLICT', 'A file that is published is changed in the gallery, not here.')
  }
}

async function requireFace(
  tx: StagingTx,
  { file_id, face_index }: { file_id: number; face_index: number },
): Promise<void> {
  const rows = await tx
    .selectFrom('found_faces')
    .select('face_index')
    .where('file_id', '=', String(file_id))
    .execute()
  if (rows.some((row) => row.face_index === face_index)) return
  throw new SemblanceError(
    'BAD_REQUEST',
    `This photo shows ${rows.length} ${rows.length === 1 ? 'face' : 'faces'}; there is no face ${face_index + 1}.`,
    { faces: rows.length },
  )
}

async function requireOther(
  tx: StagingTx,
  importId: string,
  decision: Extract<Decision, { kind: 'same_person' }>,
): Promise<void> {
  const other = decision.with
  if ('file_id' in other) {
    if (other.file_id === decision.file_id) {
      throw new SemblanceError('BAD_REQUEST', 'This is one and the same file.')
    }
    const row = await tx
      .selectFrom('files')
      .select('id')
      .where('id', '=', String(other.file_id))
      .where('import_id', '=', importId)
      .executeTakeFirst()
    if (!row) throw new SemblanceError('BAD_REQUEST', `There is no file ${other.file_id} in this import.`)
    return
  }
  const row = await tx
    .selectFrom('gallery')
    .select('celebrity_id')
    .where('celebrity_id', '=', other.celebrity_id)
    .executeTakeFirst()
  if (!row) throw new SemblanceError('BAD_REQUEST', 'This celebrity is not in the gallery any more.')
}

export const union = (some: readonly number[], others: readonly number[]) =>
  [...new Set([...some, ...others])].toSorted((a, b) => a - b)
