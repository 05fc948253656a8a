import { sql } from 'kysely'
import type { StagingTx } from '../staging/staging'
import type { StoredPlan } from './load-files'
import type { Session } from './session'
import type { Plan, PlannedFile, PlannedPerson } from './types'

const rowsAtOnce = 100

/**
 * Writes a plan where the import is still what it was made of: only what differs from the plan before.
 * @returns ids of the files whose outcome is another; null where the import has changed since
 */
export async function storePlan(
  tx: StagingTx,
  { importId, session, plan }: { importId: string; session: Session; plan: Plan },
): Promise<{ changed: number[]; written: Map<number, StoredPlan> } | null> {
  const row = await tx
    .selectFrom('imports')
    .select('revision')
    .where('id', '=', importId)
    .forUpdate()
    .executeTakeFirst()
  if (row?.revision !== session.revision) return null
  const { ids, gone } = await storePeople(tx, importId, plan.people)
  const written = new Map<number, StoredPlan>()
  for (const file of plan.files) {
    const known = session.files.get(file.id)
    const next = toStored(file, ids)
    if (known && !isSame(known.stored, next)) written.set(file.id, next)
  }
  await storeFiles(tx, written)
  if (gone.length > 0) await tx.deleteFrom('people').where('id', 'in', gone).execute()
  await tx
    .updateTable('imports')
    .set({ planned_revision: session.revision, planned_at: sql`now()` as never })
    .where('id', '=', importId)
    .execute()
  const changed = [...written].flatMap(([id, next]) => {
    const before = session.files.get(id)?.stored
    return before && isSameOutcome(before, next) ? [] : [id]
  })
  return { changed, written }
}

function toStored(file: PlannedFile, ids: ReadonlyMap<string, number>): StoredPlan {
  const { outcome, code, reason, reference, faceIndex } = file
  const personId = file.person === null ? null : (ids.get(file.person) ?? null)
  return { ...{ outcome, code, reason, reference, faceIndex }, personId }
}

const isSame = (a: StoredPlan, b: StoredPlan) => a.personId === b.personId && isSameOutcome(a, b)

function isSameOutcome(a: StoredPlan, b: StoredPlan): boolean {
  return (
    a.outcome === b.outcome &&
    a.code === b.code &&
    a.reason === b.reason &&
    a.faceIndex === b.faceIndex &&
    isSameReference(a.reference, b.reference)
  )
}

function isSameReference(a: StoredPlan['reference'], b: StoredPlan['reference']): boolean {
  if (a === null || b === null) return a === b
  const names = ['file_id', 'celebrity_id', 'photo_id', 'seen', 'cosine', 'bits_apart'] as const
  return names.every((name) => (a[name] ?? null) === (b[name] ?? null))
}

async function storeFiles(tx: StagingTx, written: ReadonlyMap<number, StoredPlan>): Promise<void> {
  const rows = [...written].map(([id, plan]) => ({
    ...{ id, outcome: plan.outcome, outcome_code: plan.code, outcome_reason: plan.reason },
    ...{ outcome_reference: plan.reference, person_id: plan.personId, face_index: plan.faceIndex },
  }))
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await sql`
      update files as f set outcome = r.outcome, outcome_code = r.outcome_code, outcome_reason = r.outcome_reason,
        outcome_reference = r.outcome_reference, person_id = r.person_id, face_index = r.face_index
      from jsonb_to_recordset(${JSON.stringify(rows.slice(from, from + rowsAtOnce))}::jsonb) as r (
        id bigint, outcome text, outcome_code text, outcome_reason text, outcome_reference jsonb, person_id bigint,
        face_index smallint
      )
      where f.id = r.id`.execute(tx)
  }
}

/** Ids by key, and those of people whom nothing shows any more. */
async function storePeople(tx: StagingTx, importId: string, people: readonly PlannedPerson[]) {
  const before = await tx
    .selectFrom('people')
    .select(['id', 'key', 'name', 'name_original', 'celebrity_id'])
    .where('import_id', '=', importId)
    .orderBy('id')
    .execute()
  const known = new Map(before.flatMap((row) => (row.key === null ? [] : [[row.key, row] as const])))
  const ids = new Map<string, number>()
  const fresh: PlannedPerson[] = []
  for (const person of people) {
    const row = known.get(person.key)
    if (!row) {
      fresh.push(person)
      continue
    }
    ids.set(person.key, Number(row.id))
    if (
      row.name === person.name &&
      row.name_original === person.nameOriginal &&
      row.celebrity_id === person.celebrityId
    ) {
      continue
    }
    await tx.updateTable('people').set(columnsOf(person)).where('id', '=', row.id).execute()
  }
  for (let from = 0; from < fresh.length; from += rowsAtOnce) {
    const some = fresh.slice(from, from + rowsAtOnce)
    const rows = await tx
      .insertInto('people')
      .values(some.map((person) => ({ import_id: importId, key: person.key, ...columnsOf(person) })))
      .returning(['id', 'key'])
      .execute()
    for (const { id, key } of rows) if (key !== null) ids.set(key, Number(id))
  }
  const isThere = new Set(ids.values())
  return { ids, gone: before.map(({ id }) => id).filter((id) => !isThere.has(Number(id))) }
}

const columnsOf = ({ name, nameOriginal, celebrityId }: PlannedPerson) => ({
  ...{ name, name_original: nameOriginal, celebrity_id: celebrityId },
})
