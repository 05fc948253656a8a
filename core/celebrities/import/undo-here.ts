import { sql } from 'kysely'
import { SemblanceError } from '../../model/errors'
import type { ImportState } from '../contract-import-schemas'
import { advance } from './import-row'
import type { Staging } from './staging'
import type { StepParts } from './steps'
import { undoImport, type UndoResult } from './undo-import'

/**
 * Takes an import back, and says so of its row where it was published from this machine.
 * @param stop ends what runs for it
 */
export async function undoHere(
  parts: StepParts,
  id: string,
  { by, stop }: { by: string | null; stop: () => Promise<void> },
): Promise<UndoResult> {
  const before = await beginUndo(parts.staging, id)
  await stop()
  try {
    const result = await undoImport(parts, id, by)
    if (before !== null) await endUndo(parts, id)
    return result
  } catch (error) {
    // Nothing of it was there to be taken back: it stands as it stood.
    const isRefused = error instanceof SemblanceError && ['CONFLICT', 'FORBIDDEN'].includes(error.code)
    if (before !== null && isRefused) await setState(parts.staging, id, before)
    throw error
  }
}

/** @returns the state that it had; null where it was published from another machine */
async function beginUndo(staging: Staging, id: string): Promise<ImportState | null> {
  return staging.transaction(async (tx) => {
    const row = await tx.selectFrom('imports').select('state').where('id', '=', id).executeTakeFirst()
    if (!row) return null
    await advance(tx, id, 'undo', { problem: null })
    return row.state
  })
}

/** What is undone is published no more, also a further photo of somebody who is kept. */
async function endUndo({ staging, database }: StepParts, id: string): Promise<void> {
  const kept = await database.asService((tx) =>
    tx
      .selectFrom('celebrity_import_items')
      .select('item')
      .where('import_id', '=', id)
      .where('kept_reason', 'is not', null)
      .execute(),
  )
  const left = kept.map(({ item }) => item)
  await staging.transaction(async (tx) => {
    await sql`
      update files set published_at = null, published_celebrity = null
      where import_id = ${id} and published_at is not null and id <> all (${left}::bigint[])`.execute(tx)
    await advance(tx, id, 'undone')
  })
}

const setState = (staging: Staging, id: string, state: ImportState) =>
  staging.transaction((tx) => tx.updateTable('imports').set({ state }).where('id', '=', id).execute())
