import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { SemblanceError } from '../../model/errors'
import { celebrityGone } from '../catalogue'
import type { ChangeGroup } from '../contract-curation'
import { lockCelebrities, type Curator, type Tx } from './changes'
import { away, kept, markUndone, type Kept, type StandingChange } from './undo-rules'

/**
 * Notes that two who look alike are two, or that nobody knows: in the history of both, as one change.
 * @throws SemblanceError NOT_FOUND, BAD_REQUEST
 */
export function distinguish(
  { caller, transaction }: Curator,
  { id, other, are_distinct: areDistinct }: { id: string; other: string; are_distinct: boolean },
): Promise<ChangeGroup> {
  if (id === other) throw new SemblanceError('BAD_REQUEST', 'These are not two celebrities but one.')
  return transaction(async (tx) => {
    const names = await lockCelebrities(tx, [id, other])
    if (names.size < 2) throw celebrityGone()
    const group = { group_id: randomUUID(), changed: 0, skipped: [] }
    if (!(await writeDistinction(tx, [id, other], areDistinct, caller.id))) return group
    const change = (of: string, from: string) => ({
      ...{ group_id: group.group_id, celebrity_id: of, kind: 'distinguish' as const, changed_by: caller.id },
      before: JSON.stringify({ are_distinct: !areDistinct }),
      after: JSON.stringify({
        ...{ are_distinct: areDistinct, other: from, other_name: names.get(from), name: names.get(of) },
      }),
    })
    await tx
      .insertInto('celebrity_changes')
      .values([change(other, id), change(id, other)])
      .execute()
    return { ...group, changed: 2 }
  })
}

/** Gives whether that is news. */
async function writeDistinction(tx: Tx, pair: string[], areDistinct: boolean, by: string): Promise<boolean> {
  const [celebrity_a_id, celebrity_b_id] = pair.toSorted()
  const written = areDistinct
    ? await tx
        .insertInto('celebrity_distinctions')
        .values({ celebrity_a_id, celebrity_b_id, decided_by: by })
        .onConflict((conflict) => conflict.doNothing())
        .returning('celebrity_a_id')
        .execute()
    : await tx
        .deleteFrom('celebrity_distinctions')
        .where('celebrity_a_id', '=', celebrity_a_id)
        .where('celebrity_b_id', '=', celebrity_b_id)
        .returning('celebrity_a_id')
        .execute()
  return written.length > 0
}

/** Takes back what was decided of two, as long as both are there and nobody has decided since. */
export async function undoDistinction(tx: Tx, changes: StandingChange[], by: string): Promise<Kept[]> {
  const [change] = changes
  const pair = [change.celebrity_id, change.after['other'] as string]
  const gone = changes.find(({ name }) => name === null)
  if (gone) return changes.map((one) => ({ ...away(gone), celebrity_id: one.celebrity_id }))
  const { rows } = await sql<{ is_later: boolean }>`
    select exists (
      select from public.celebrity_changes as l
      where l.celebrity_id = ${pair[0]}::uuid and l.id > ${change.id}::int8 and l.kind = 'distinguish'
        and l.undone_at is null and l.after ->> 'other' = ${pair[1]}
    ) as is_later`.execute(tx)
  const areDistinct = change.after['are_distinct'] === true
  if (rows[0].is_later || !(await writeDistinction(tx, pair, !areDistinct, by))) {
    return changes.map((one) => kept(one, 'Somebody has decided about these two since.'))
  }
  await markUndone(tx, changes, by)
  return []
}
