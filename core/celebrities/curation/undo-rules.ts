import { sql, type RawBuilder } from 'kysely'
import type { CelebrityChangeKind } from '../../database/curation-tables'
import type { Tx } from './changes'

/** What the ways of taking something back have in common. */

/** Left as it is, and why. */
export interface Kept {
  celebrity_id: string
  name: string
  reason: string
}

/** A change that is about to be taken back, locked, with what it wrote but without what was there before. */
export interface StandingChange {
  id: string
  celebrity_id: string
  kind: CelebrityChangeKind
  after: Record<string, unknown>
  /** Null where they are not in the gallery now. */
  name: string | null
  /** Their name, wherever it is still known. */
  known_as: string
  /** It may not come back any more: its files are going. */
  is_expired: boolean
}

/** Locks the changes and their celebrities, each in one order; those that somebody else took back meanwhile are missing. */
export async function lockChanges(tx: Tx, ids: readonly string[]): Promise<StandingChange[]> {
  await sql`
    select from public.celebrity_changes as t where t.id = any (${ids}::int8[]) order by t.id for update`.execute(
    tx,
  )
  await sql`
    select from public.celebrities as c
    where c.id in (select t.celebrity_id from public.celebrity_changes as t where t.id = any (${ids}::int8[]))
    order by c.id for update`.execute(tx)
  const { rows } = await sql<StandingChange>`
    select t.id, t.celebrity_id, t.kind, t.after, c.name,
      coalesce(c.name, t.after ->> 'name', 'A celebrity') as known_as,
      t.purged_at is not null or coalesce(t.purge_at <= now(), false) as is_expired
    from public.celebrity_changes as t
    left join public.celebrities as c on c.id = t.celebrity_id
    where t.id = any (${ids}::int8[]) and t.undone_at is null
    order by t.id desc`.execute(tx)
  return rows
}

export const kept = (change: StandingChange, reason: string): Kept => ({
  celebrity_id: change.celebrity_id,
  name: change.known_as,
  reason,
})

export const away = (change: StandingChange) =>
  kept(change, `${change.known_as} is not in the gallery any more. Bring them back first.`)

/** Notes changes as undone. @param options.purge their files go, since nothing names them any more */
export async function markUndone(
  tx: Tx,
  changes: readonly StandingChange[],
  by: string,
  { purge = false }: { purge?: boolean } = {},
): Promise<void> {
  if (changes.length === 0) return
  const due: RawBuilder<unknown> = purge ? sql`, purge_at = now()` : sql``
  await sql`
    update public.celebrity_changes set undone_at = now(), undone_by = ${by}::uuid ${due}
    where id = any (${changes.map(({ id }) => id)}::int8[])`.execute(tx)
}
