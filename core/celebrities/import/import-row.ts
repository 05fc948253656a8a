import { rm } from 'node:fs/promises'
import { sql, type Updateable } from 'kysely'
import { SemblanceError } from '../../model/errors'
import type { ImportDefaults, ImportRules } from '../contract-import-schemas'
import { after, inWords, runningStates, type Happening } from './phases'
import type { Staging, StagingTx } from './staging/staging'
import type { ImportsTable } from './staging/staging-tables'

/** What is not named stays. */
export interface ImportChange {
  defaults?: Partial<ImportDefaults> | undefined
  rules?: Partial<ImportRules> | undefined
}

/** @throws SemblanceError CONFLICT where that can't happen now, NOT_FOUND */
export async function advance(
  tx: StagingTx,
  id: string,
  happening: Happening,
  set: Updateable<ImportsTable> = {},
): Promise<void> {
  const { state } = await lockImport(tx, id)
  await tx
    .updateTable('imports')
    .set({ ...set, state: after(state, happening) })
    .where('id', '=', id)
    .execute()
}

/** The row, locked. @throws SemblanceError NOT_FOUND */
export async function lockImport(tx: StagingTx, id: string) {
  const row = await tx
    .selectFrom('imports')
    .select(['state', 'paused', 'rules', 'revision', 'planned_revision'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  return row
}

/** What is not named stays. @throws SemblanceError CONFLICT where it is published, NOT_FOUND */
export async function applyUpdate(
  tx: StagingTx,
  id: string,
  { defaults = {}, rules = {} }: ImportChange,
): Promise<void> {
  const row = await lockImport(tx, id)
  if (['publishing', 'published', 'undoing', 'undone', 'discarded'].includes(row.state)) {
    throw new SemblanceError('CONFLICT', `This import ${inWords[row.state]}; it can’t be changed any more.`)
  }
  const { licence, source, category, gender } = defaults
  await tx
    .updateTable('imports')
    .set({
      ...(licence === undefined ? {} : { default_licence: licence || null }),
      ...(source === undefined ? {} : { default_source: source || null }),
      ...(category === undefined ? {} : { default_category: category || null }),
      ...(gender === undefined ? {} : { default_gender: gender }),
      rules: JSON.stringify({ ...row.rules, ...withoutUndefined(rules) }),
      revision: sql`revision + 1`,
    })
    .where('id', '=', id)
    .execute()
}

const withoutUndefined = (record: object) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

/** Rows first: a folder without them is only room that is lost, rows without their files would promise something. */
export async function removeDiscarded(staging: Staging): Promise<void> {
  const gone = await staging.transaction((tx) =>
    tx.selectFrom('imports').select('id').where('state', '=', 'discarded').execute(),
  )
  for (const { id } of gone) {
    await rm(await staging.folderOf(id), { recursive: true, force: true })
    await staging.transaction((tx) => tx.deleteFrom('imports').where('id', '=', id).execute())
  }
}

/** Whether something goes on by itself once a host starts. */
export async function isAnythingLeft(staging: Staging): Promise<boolean> {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('imports')
      .select('id')
      .where((eb) =>
        eb.or([
          eb('state', '=', 'discarded'),
          eb.and([eb('state', 'in', runningStates), eb('paused', '=', false)]),
          eb.and([eb('state', '=', 'review'), sql<boolean>`planned_revision is distinct from revision`]),
        ]),
      )
      .executeTakeFirst(),
  )
  return row !== undefined
}
