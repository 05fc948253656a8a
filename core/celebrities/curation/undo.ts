import { isUniqueViolation } from '../../access/failures'
import { SemblanceError } from '../../model/errors'
import type { CelebrityChangeKind } from '../../database/curation-tables'
import type { Curator, Tx } from './changes'
import { undoDistinction } from './distinguish'
import { undoAdds } from './undo-add'
import { undoEdits } from './undo-edit'
import { undoMerge } from './undo-merge'
import { undoPhotoRemoval, undoSwap } from './undo-photo'
import { undoTrash } from './undo-trash'
import { lockChanges, type Kept, type StandingChange } from './undo-rules'

/** So many are taken back in one transaction. */
const chunkSize = 200
const attempts = 3

type Undo = (tx: Tx, changes: StandingChange[], by: string) => Promise<Kept[]>

/** How each kind is taken back: all that is not kept is put back as it was, and noted as undone. */
const undos: Partial<Record<CelebrityChangeKind, Undo>> = {
  edit: undoEdits,
  trash: undoTrash,
  merge: undoMerge,
  replace_photo: undoSwap,
  remove_photo: undoPhotoRemoval,
  add: undoAdds,
  distinguish: undoDistinction,
}
/** Taken back whole or not at all: they are about several at once. */
const wholeKinds: readonly CelebrityChangeKind[] = ['merge', 'distinguish']
/** What `curation.undo` takes back. What an import did is taken back as a whole, by the import. */
export const undoableKinds = Object.keys(undos) as CelebrityChangeKind[]

export interface Undone {
  undone: number
  kept: Kept[]
}

/**
 * Takes a group of changes back, the last one first, each celebrity's whole or not at all: what is another by now is
 * left as it is, and named.
 * @param celebrityIds Of the group these alone; a merge, and what was decided of two, is taken back whole.
 * @throws SemblanceError NOT_FOUND; CONFLICT where nothing of it can be taken back
 */
export async function undoGroup(
  { caller, transaction }: Curator,
  groupId: string,
  celebrityIds?: readonly string[],
): Promise<Undone> {
  const found = await transaction((tx) =>
    tx
      .selectFrom('celebrity_changes')
      .select(['id', 'kind', 'celebrity_id', 'undone_at'])
      .where('group_id', '=', groupId)
      .orderBy('id', 'desc')
      .execute(),
  )
  if (found.length === 0) throw new SemblanceError('NOT_FOUND', 'There is no such change.')
  const wanted = celebrityIds && new Set(celebrityIds)
  const standing = found.filter(
    ({ undone_at, kind, celebrity_id }) =>
      undone_at === null && (wanted === undefined || wholeKinds.includes(kind) || wanted.has(celebrity_id)),
  )
  if (standing.length === 0) throw new SemblanceError('CONFLICT', 'It was taken back already.')
  const [{ kind }] = standing
  const undo = undos[kind]
  if (!undo || standing.some((one) => one.kind !== kind)) {
    throw new SemblanceError('CONFLICT', 'An import did this. Undo the import as a whole.')
  }
  const ids = standing.map(({ id }) => id)
  const size = wholeKinds.includes(kind) ? ids.length : chunkSize
  const result: Undone = { undone: 0, kept: [] }
  for (let start = 0; start < ids.length; start += size) {
    const chunk = ids.slice(start, start + size)
    const { undone, kept } = await undoChunk(transaction, chunk, (tx, changes) =>
      undo(tx, changes, caller.id),
    )
    result.undone += undone
    result.kept.push(...kept)
  }
  if (result.undone > 0) return result
  const [first] = result.kept
  const more = result.kept.length > 1 ? ` So it is with ${result.kept.length - 1} more.` : ''
  throw new SemblanceError('CONFLICT', `${first?.reason ?? 'It was taken back already.'}${more}`, {
    kept: result.kept,
  })
}

/** Once more where somebody took a photo's place between the look and the writing: the next look sees who. */
async function undoChunk(
  transaction: Curator['transaction'],
  ids: string[],
  undo: (tx: Tx, changes: StandingChange[]) => Promise<Kept[]>,
): Promise<Undone> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction(async (tx) => {
        const changes = await lockChanges(tx, ids)
        const kept = changes.length > 0 ? await undo(tx, changes) : []
        const left = new Set(kept.map(({ celebrity_id }) => celebrity_id))
        return { undone: changes.filter(({ celebrity_id }) => !left.has(celebrity_id)).length, kept }
      })
    } catch (error) {
      if (!isUniqueViolation(error) || attempt === attempts) throw error
    }
  }
}
