import { sql } from 'kysely'
import { SemblanceError } from '../../../model/errors'
import type { ImportState } from '../../contract-import-schemas'
import { advance, lockImport } from '../import-row'
import type { LaneWork, Step } from '../lanes/lanes'
import type { Staging } from '../staging/staging'
import type { StepParts } from '../lanes/steps'
import { troubleOf } from '../lanes/troubles'
import { undoImport, type UndoResult } from './undo-import'

/** Takes imports back as a step of its own: what was asked once goes on by itself, whatever ends in between. */
export interface Undoing {
  lane: LaneWork
  /**
   * Asks for it, and waits for what comes of the attempt that is under way or of the next one.
   * @param by in whose name; null for the command line
   * @throws SemblanceError FORBIDDEN, CONFLICT; UNAVAILABLE where it goes on later
   */
  undo: (importId: string, by: string | null, runner: Runner) => Promise<UndoResult>
  /** Whoever waits for it need not any more. */
  standsStill: (importId: string, reason: SemblanceError) => void
  close: () => void
}

/** `stop` ends what runs for the import; `begin` has the lanes look at it now. */
interface Runner {
  stop: () => Promise<void>
  begin: () => void
}

interface Waiting {
  resolve: (result: UndoResult) => void
  reject: (error: unknown) => void
}

/** @param chunkSize items that are taken back at once */
export function createUndoing(parts: StepParts, { chunkSize }: { chunkSize: number }): Undoing {
  const waiting = new Map<string, Waiting[]>()

  function tell(importId: string, how: (each: Waiting) => void): void {
    const those = waiting.get(importId) ?? []
    waiting.delete(importId)
    those.forEach(how)
  }

  return {
    lane: {
      state: 'undoing',
      async run(importId, step) {
        try {
          const result = await undoOrLeave(parts, importId, { ...step, chunkSize })
          tell(importId, ({ resolve, reject }) =>
            result instanceof SemblanceError ? reject(result) : resolve(result),
          )
        } catch (error) {
          // Whoever stops it says so.
          if (!step.signal.aborted) tell(importId, ({ reject }) => reject(wordsFor(error)))
          throw error
        }
      },
    },
    async undo(importId, by, { stop, begin }) {
      const before = await beginUndo(parts.staging, importId, by)
      const outcome = new Promise<UndoResult>((resolve, reject) => {
        waiting.set(importId, [...(waiting.get(importId) ?? []), { resolve, reject }])
      })
      const beginning =
        before === 'publishing' ? stop().then(() => clear(parts.staging, importId)) : undefined
      return (await Promise.all([outcome, Promise.resolve(beginning).then(begin)]))[0]
    },
    standsStill: (importId, reason) => tell(importId, ({ reject }) => reject(reason)),
    close() {
      const message = 'Semblance is being ended. The undo goes on by itself once it runs again.'
      const reason = new SemblanceError('UNAVAILABLE', message)
      for (const importId of [...waiting.keys()]) tell(importId, ({ reject }) => reject(reason))
    },
  }
}

/** Where it is tried again by itself, that is what there is to say. */
function wordsFor(error: unknown): unknown {
  const { problem, then } = troubleOf(error)
  return then === 'wait' ? new SemblanceError('UNAVAILABLE', problem, undefined, { cause: error }) : error
}

/**
 * An import is to be undone, also one that was published from another machine.
 * @param by in whose name; null for the command line
 * @returns the state that it had; null where this machine knew nothing of it
 * @throws SemblanceError CONFLICT where there is nothing to undo
 */
function beginUndo(staging: Staging, importId: string, by: string | null): Promise<ImportState | null> {
  return staging.transaction(async (tx) => {
    const row = await tx
      .selectFrom('imports')
      .select(['state', 'undone_from'])
      .where('id', '=', importId)
      .forUpdate()
      .executeTakeFirst()
    if (!row) {
      await tx
        .insertInto('imports')
        .values({
          ...{
            id: importId,
            name: 'Published from another machine',
            source_kind: 'upload',
            state: 'undoing',
          },
          ...{ undone_by: by, is_elsewhere: true },
        })
        .execute()
      return null
    }
    const { state, undone_from } = row
    // What is about to be published is not, once somebody has said this.
    const from = state === 'undoing' ? undone_from : state === 'publishing' ? 'review' : state
    await advance(tx, importId, 'undo', { undone_by: by, undone_from: from, paused: false, problem: null })
    return state
  })
}

/** What was just ending has found that the import is to be undone, and stood still for that. */
async function clear(staging: Staging, importId: string): Promise<void> {
  await staging.transaction((tx) =>
    tx.updateTable('imports').set({ paused: false, problem: null }).where('id', '=', importId).execute(),
  )
}

/** @returns why nothing of it is undone, where it stands as it stood */
async function undoOrLeave(
  parts: StepParts,
  importId: string,
  { signal, note, chunkSize }: Step & { chunkSize: number },
): Promise<UndoResult | SemblanceError> {
  const { staging, database } = parts
  const { undone_by: by } = await staging.transaction((tx) =>
    tx.selectFrom('imports').select('undone_by').where('id', '=', importId).executeTakeFirstOrThrow(),
  )
  try {
    const result = await undoImport(parts, importId, by, {
      ...{ signal, chunkSize },
      async onUndone(items) {
        await forgetPublished(staging, importId, items)
        note(items.length)
      },
    })
    await endUndo(parts, importId)
    return result
  } catch (error) {
    if (!(error instanceof SemblanceError) || !['CONFLICT', 'FORBIDDEN'].includes(error.code)) throw error
    const there = await database.asService((tx) =>
      tx.selectFrom('celebrity_imports').select('state').where('id', '=', importId).executeTakeFirst(),
    )
    // Some of it may be undone by now: it stands still until somebody goes on who may.
    if (there?.state === 'undoing') throw error
    const isKnownHere = await leaveAsItWas(staging, importId)
    if (there || isKnownHere) return error
    return new SemblanceError('NOT_FOUND', 'There is no such import: nothing was published by it.')
  }
}

/** What is undone is published no more, also a further photo of somebody who is kept. */
async function forgetPublished(staging: Staging, importId: string, items: readonly string[]): Promise<void> {
  await staging.transaction((tx) =>
    sql`
      update files set published_at = null, published_celebrity = null
      where import_id = ${importId} and published_at is not null and id = any (${items}::bigint[])`.execute(
      tx,
    ),
  )
}

async function endUndo({ staging, database }: StepParts, importId: string): Promise<void> {
  const kept = await database.asService((tx) =>
    tx
      .selectFrom('celebrity_import_items')
      .select('item')
      .where('import_id', '=', importId)
      .where('kept_reason', 'is not', null)
      .execute(),
  )
  const left = kept.map(({ item }) => item)
  await staging.transaction(async (tx) => {
    await sql`
      update files set published_at = null, published_celebrity = null
      where import_id = ${importId} and published_at is not null and id <> all (${left}::bigint[])`.execute(
      tx,
    )
    await advance(tx, importId, 'undone', { undone_from: null })
    await tx.deleteFrom('imports').where('id', '=', importId).where('is_elsewhere', '=', true).execute()
  })
}

/** @returns whether it is one of this machine's */
function leaveAsItWas(staging: Staging, importId: string): Promise<boolean> {
  return staging.transaction(async (tx) => {
    await lockImport(tx, importId)
    const { numDeletedRows } = await tx
      .deleteFrom('imports')
      .where('id', '=', importId)
      .where('is_elsewhere', '=', true)
      .executeTakeFirst()
    await tx
      .updateTable('imports')
      .set({ state: sql`undone_from`, undone_from: null })
      .where('id', '=', importId)
      .where('undone_from', 'is not', null)
      .execute()
    return numDeletedRows === 0n
  })
}
