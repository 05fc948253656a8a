import { sql } from 'kysely'
import { SemblanceError } from '../../../model/errors'
import type { Decision } from '../../contract-import-schemas'
import type { StagingTx } from '../staging/staging'

/**
 * Who was said not to be whom, over all imports: by the hash of a file's bytes, so that the same question is not asked
 * again where the file turns up elsewhere, and by the id of a celebrity.
 */

type Pair = [string, string]

/** In the order in which they are kept. */
const inOrder = (one: string, other: string): Pair => (one < other ? [one, other] : [other, one])

/** Gives those that were not known before. */
export async function remember(tx: StagingTx, pairs: readonly Pair[]): Promise<Pair[]> {
  if (pairs.length === 0) return []
  const rows = await tx
    .insertInto('distinctions')
    .values(pairs.map(([one, other]) => ({ one, other })))
    .onConflict((conflict) => conflict.columns(['one', 'other']).doNothing())
    .returning(['one', 'other'])
    .execute()
  return rows.map(({ one, other }) => [one, other])
}

/** Unless another decision that stands, in whichever import, says the same. */
export async function forget(tx: StagingTx, pairs: readonly Pair[]): Promise<void> {
  for (const [one, other] of pairs) {
    await sql`
      delete from distinctions d where d.one = ${one} and d.other = ${other} and not exists (
        select from decisions s
        where s.kind = 'different_person' and s.undone_at is null
          and s.detail -> 'pairs' @> ${JSON.stringify([[one, other]])}::jsonb
      )`.execute(tx)
  }
}

/** Forgets pairs whoever said so. Gives those that were known. */
export async function removeKnown(tx: StagingTx, pairs: readonly Pair[]): Promise<Pair[]> {
  const removed: Pair[] = []
  for (const [one, other] of pairs) {
    const row = await tx
      .deleteFrom('distinctions')
      .where('one', '=', one)
      .where('other', '=', other)
      .returning('one')
      .executeTakeFirst()
    if (row) removed.push([one, other])
  }
  return removed
}

async function hashOf(tx: StagingTx, fileId: number): Promise<string | null> {
  const row = await tx
    .selectFrom('files')
    .select('image_hash')
    .where('id', '=', String(fileId))
    .executeTakeFirst()
  return row?.image_hash ?? null
}

async function pairOf(
  tx: StagingTx,
  fileId: number,
  other: { file_id: number } | { celebrity_id: string },
): Promise<Pair | null> {
  const one = await hashOf(tx, fileId)
  const two = 'file_id' in other ? await hashOf(tx, other.file_id) : other.celebrity_id
  return one === null || two === null || one === two ? null : inOrder(one, two)
}

export const distinguish = {
  /**
   * The file is not who the plan compared it with.
   * @throws SemblanceError BAD_REQUEST where it was compared with nothing, or with a copy of itself
   */
  async fromReference(tx: StagingTx, fileId: number) {
    const row = await tx
      .selectFrom('files')
      .select('outcome_reference')
      .where('id', '=', String(fileId))
      .executeTakeFirst()
    const { file_id, celebrity_id } = row?.outcome_reference ?? {}
    if (file_id === undefined && celebrity_id === undefined) {
      throw new SemblanceError(
        'BAD_REQUEST',
        'This file was compared with nobody, so it can’t be told apart.',
      )
    }
    const from = file_id !== undefined ? { file_id } : { celebrity_id: celebrity_id ?? '' }
    const pair = await pairOf(tx, fileId, from)
    if (!pair) throw new SemblanceError('BAD_REQUEST', 'These are one and the same file.')
    await remember(tx, [pair])
    return { from, pairs: [pair] }
  },

  /** Forgets what a decision contradicts; gives that, for an undo. */
  async contradictedBy(
    tx: StagingTx,
    { file_id, with: other }: Extract<Decision, { kind: 'same_person' }>,
  ): Promise<Pair[]> {
    const pair = await pairOf(tx, file_id, other)
    return pair ? removeKnown(tx, [pair]) : []
  },

  /** Forgets what was said of these files in this import; gives that, for an undo. */
  async undoOf(tx: StagingTx, importId: string, ids: readonly number[]): Promise<Pair[]> {
    const rows = await tx
      .selectFrom('decisions')
      .select(sql<Pair[]>`detail -> 'pairs'`.as('pairs'))
      .where('import_id', '=', importId)
      .where('kind', '=', 'different_person')
      .where('undone_at', 'is', null)
      .where(sql<boolean>`file_id = any (${[...ids]}::bigint[])`)
      .execute()
    return removeKnown(
      tx,
      rows.flatMap(({ pairs }) => pairs),
    )
  },
}
