import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor, timestampKey } from '../../access/cursor'
import { postgresCode } from '../../access/failures'
import { containsPattern } from '../../access/search-text'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { mostIdsAtOnce, type Removal } from '../contract-removal'

/** Taking matches away and bringing them back; the database's own functions do it, and know who may. */

type Tx = Transaction<Tables>

export interface RecomputedScore {
  id: string
  before: number
  after: number | null
}

/** The scores of these pairs of today, written down where they are others. In the order asked; gone ones are missing. */
export async function recomputeScores(
  tx: Tx,
  ids: readonly string[],
  kind: 'match' | 'lookalike',
): Promise<RecomputedScore[]> {
  const { rows } = await sql<RecomputedScore>`
    select id, "before", "after"
    from private.recompute_matches(${ids}::uuid[], ${kind === 'lookalike'}::boolean)`.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
}

/** @throws SemblanceError CONFLICT where the batch is another person's */
export async function removeMatches(
  tx: Tx,
  {
    ids,
    reason,
    batchId = randomUUID(),
  }: { ids: readonly string[]; reason: string; batchId?: string | undefined },
): Promise<{ batch_id: string; removal_ids: string[]; removed: number }> {
  const { rows } = await sql<{ id: string }>`
    select r.id from private.remove_matches(${ids}::uuid[], ${batchId}::uuid, ${reason}) as r(id)`
    .execute(tx)
    .catch((error: unknown) => {
      throw postgresCode(error) === '23505'
        ? new SemblanceError(
            'CONFLICT',
            'This batch is another person’s. Start one of your own.',
            undefined,
            {
              cause: error,
            },
          )
        : error
    })
  return { batch_id: batchId, removal_ids: rows.map(({ id }) => id), removed: rows.length }
}

/**
 * Undoes one removal, or the next 200 of a batch, in the order in which they were made.
 * @throws SemblanceError NOT_FOUND where there is no such removal, CONFLICT where the two are connected by another match
 */
export async function undoRemovals(tx: Tx, which: { removal_id: string } | { batch_id: string }) {
  const all = await tx
    .selectFrom('match_removals')
    .select(['id', 'match_id', 'undone_at'])
    .where((eb) =>
      'removal_id' in which ? eb('id', '=', which.removal_id) : eb('batch_id', '=', which.batch_id),
    )
    .orderBy('removed_at')
    .orderBy('id')
    .execute()
  if (all.length === 0) throw new SemblanceError('NOT_FOUND', 'This removal is no longer there.')
  const standing = all.filter(({ undone_at }) => undone_at === null)
  const [restored, lifted]: string[][] = [[], []]
  for (const { id, match_id } of standing.slice(0, mostIdsAtOnce)) {
    const isBack = await undoRemoval(tx, id)
    // Null: somebody else was faster.
    if (isBack !== null) (isBack ? restored : lifted).push(match_id)
  }
  return { restored, lifted, remaining: Math.max(0, standing.length - mostIdsAtOnce) }
}

async function undoRemoval(tx: Tx, id: string): Promise<boolean | null> {
  try {
    const { rows } = await sql<{ is_back: boolean | null }>`
      select private.undo_removal(${id}::uuid) as is_back`.execute(tx)
    return rows[0].is_back
  } catch (error) {
    if (postgresCode(error) !== '23505') throw error
    throw new SemblanceError(
      'CONFLICT',
      'These two people are connected by another match by now, so the removed one can’t come back as it was.',
      { removal_id: id },
      { cause: error },
    )
  }
}

export interface RemovalsQuery {
  standing: boolean
  batch_id?: string | undefined
  search?: string | undefined
  cursor?: string | undefined
  limit: number
}

const cursorSchema = z.strictObject({ removed: timestampKey, id: z.uuid() })

/** Newest first, in keyset pages. */
export async function listRemovals(tx: Tx, query: RemovalsQuery) {
  const after = decodeCursor(query.cursor, cursorSchema)
  const conditions = [
    sql`true`,
    ...(query.standing ? [sql`r.undone_at is null`] : []),
    ...(query.batch_id ? [sql`r.batch_id = ${query.batch_id}::uuid`] : []),
    ...(query.search ? [namesOrReason(containsPattern(query.search))] : []),
    ...(after ? [sql`(r.removed_at, r.id) < (${after.removed}::timestamptz, ${after.id}::uuid)`] : []),
  ]
  const { rows } = await sql<Omit<Removal, keyof typeof countedTables> & RemovalKeys>`
    select r.id, r.batch_id, r.match_id, r.similarity_score, r.profile_a_id, r.profile_b_id, r.reason, r.removed_at,
      r.removed_by, r.undone_at, r.restorable, r.contents, r.removed_at::text as removed_key,
      pa.name as name_a, pb.name as name_b, remover.name as removed_by_name, undoer.name as undone_by_name
    from public.match_removals r
    join public.profiles pa on pa.id = r.profile_a_id
    join public.profiles pb on pb.id = r.profile_b_id
    left join public.profiles remover on remover.id = r.removed_by
    left join public.profiles undoer on undoer.id = r.undone_by
    where ${sql.join(conditions, sql` and `)}
    order by r.removed_at desc, r.id desc
    limit ${query.limit + 1}`.execute(tx)
  const page = cutPage(rows, query.limit, ({ removed_key, id }) => ({ removed: removed_key, id }))
  return { ...page, items: page.items.map(viewRemoval) }
}

interface RemovalKeys {
  removed_key: string
  contents: Record<string, number>
}

const countedTables = {
  ...{ reactions: 'reactions', connections: 'mutual_connections', messages: 'messages', babies: 'babies' },
  ...{ notifications: 'notifications' },
} as const

function viewRemoval({
  removed_key: _,
  contents,
  ...row
}: Omit<Removal, keyof typeof countedTables> & RemovalKeys): Removal {
  const count = (name: keyof typeof countedTables) => contents[countedTables[name]] ?? 0
  return {
    ...row,
    ...{ reactions: count('reactions'), connections: count('connections'), messages: count('messages') },
    ...{ babies: count('babies'), notifications: count('notifications') },
  }
}

function namesOrReason(pattern: string) {
  return sql`(pa.name ilike ${pattern} or pb.name ilike ${pattern} or r.reason ilike ${pattern})`
}
