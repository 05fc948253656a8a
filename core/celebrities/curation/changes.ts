import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely'
import type { SignedInContext } from '../../access/procedure'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { celebrityConditions } from '../catalogue-filter'
import type { ChangeGroup, CurationSelection } from '../contract-curation'

/** What every change of the gallery has in common: who is meant, in which pieces it is done, how it is noted. */

export type Tx = Transaction<Tables>
/** Who changes something, and the door to do it by. */
export type Curator = Pick<SignedInContext, 'caller' | 'transaction'>

/** So many celebrities are changed in one transaction: they are locked for some tenths of a second. */
const chunkSize = 500
/** What one change may meet. */
const mostSelected = 100_000

/** The ids that a selection means at this moment, in order, and only those that are there where it is a filter. */
export async function selectedIds(tx: Tx, selection: CurationSelection): Promise<string[]> {
  if ('ids' in selection) return [...new Set(selection.ids)].toSorted()
  const { rows } = await sql<{ id: string }>`
    select c.id from public.celebrity_facts as c
    where ${celebrityConditions(selection.all)} and ${isNoneOf(selection.except)}
    order by c.id limit ${mostSelected + 1}`.execute(tx)
  if (rows.length <= mostSelected) return rows.map(({ id }) => id)
  const limit = mostSelected.toLocaleString('en')
  throw new SemblanceError('BAD_REQUEST', `More than ${limit} celebrities match. Narrow the filter.`)
}

/** That `c` is none of these. */
export function isNoneOf(ids: readonly string[] | undefined): RawBuilder<SqlBool> {
  return ids?.length ? sql`c.id <> all (${ids}::uuid[])` : sql`true`
}

/** What became of a piece of the work. */
export interface Done {
  changed: number
  skipped: { id: string; reason: string }[]
}

export const goneReason = 'It is no longer there.'

/**
 * Does a change in pieces, each in a transaction of its own in the order of ids, so that nobody waits long or in a
 * circle; all of it is one group.
 */
export async function changeInChunks(
  { transaction }: Pick<Curator, 'transaction'>,
  selection: CurationSelection,
  change: (tx: Tx, ids: string[], groupId: string) => Promise<Done>,
): Promise<ChangeGroup> {
  const groupId = randomUUID()
  const ids = await transaction((tx) => selectedIds(tx, selection))
  const group: ChangeGroup = { group_id: groupId, changed: 0, skipped: [] }
  for (let start = 0; start < ids.length; start += chunkSize) {
    const chunk = ids.slice(start, start + chunkSize)
    const done = await transaction((tx) => change(tx, chunk, groupId))
    group.changed += done.changed
    group.skipped.push(...done.skipped)
  }
  return group
}

/** Locks celebrities until the transaction ends, in the order of ids; gives those that are there. */
export async function lockCelebrities(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select c.id, c.name from public.celebrities as c where c.id = any (${ids}::uuid[]) order by c.id for update`.execute(
    tx,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}
