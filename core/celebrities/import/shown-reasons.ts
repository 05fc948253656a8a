import { sql } from 'kysely'
import { doubtOfAge, type StoredDecision } from './plan/load-decisions'
import type { StagingTx } from './staging'

/** For which reasons files are accepted: those that the plan gives at this moment, which is what a person is shown. */
export async function shownReasons(
  tx: StagingTx,
  ids: readonly number[],
): Promise<Pick<Extract<StoredDecision, { kind: 'accept' }>, 'shown' | 'faces'>> {
  const rows = await tx
    .selectFrom('files')
    .select(['id', 'outcome_code', 'face_index'])
    .where(sql<boolean>`id = any (${[...ids]}::bigint[])`)
    .orderBy('id')
    .execute()
  const shown: Record<string, number[]> = {}
  const faces: Record<string, number> = {}
  for (const { id, outcome_code, face_index } of rows) {
    if (outcome_code === null) continue
    ;(shown[outcome_code] ??= []).push(Number(id))
    if (outcome_code === doubtOfAge && face_index !== null) faces[id] = face_index
  }
  return { shown, faces }
}
