import { sql, type RawBuilder, type Transaction } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor, numberKey, timestampKey } from '../../access/cursor'
import type { PhotoUrls } from '../../access/photo-urls'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { feedFilters, feedOrders, type FeedEntry } from '../contract-feed'

/**
 * Whom the caller is matched with. Every query here reads `private.feed`, the view that decides what a person may see of
 * somebody else, as the caller; reactions are written as the caller, too, so that the policies of `reactions` hold.
 */

type Tx = Transaction<Tables>

export interface FeedQuery {
  sort: (typeof feedOrders)[number]
  show: (typeof feedFilters)[number]
  cursor?: string | undefined
  limit: number
}

interface FeedRow extends Omit<FeedEntry, 'thumbnail_url'> {
  thumbnail_path: string | null
  score_key: string
  created_key: string
}

const cursorSchema = z.strictObject({
  sort: z.enum(feedOrders),
  show: z.enum(feedFilters),
  score: numberKey,
  created: timestampKey,
  id: z.uuid(),
})

/** One page, without photos' addresses. @throws SemblanceError BAD_REQUEST for a cursor of another list */
export async function readFeed(tx: Tx, query: FeedQuery) {
  const after = decodeCursor(query.cursor, cursorSchema)
  if (after && (after.sort !== query.sort || after.show !== query.show)) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'This page link belongs to another list. Start again from the first page.',
    )
  }
  const { rows } = await feedPage(query, after).execute(tx)
  return cutPage(rows, query.limit, ({ id, score_key: score, created_key: created }) => {
    return { sort: query.sort, show: query.show, score, created, id }
  })
}

/** The query of one page and one row more, after a row of the same list. */
export function feedPage(
  { sort, show, limit }: Omit<FeedQuery, 'cursor'>,
  after: z.infer<typeof cursorSchema> | null,
): RawBuilder<FeedRow> {
  const keys = { score: sql`${after?.score}::float8`, created: sql`${after?.created}::timestamptz` }
  const rest = sql`${after?.id}::uuid`
  const isBeyond =
    after === null
      ? sql`true`
      : sort === 'score'
        ? sql`(similarity_score, created_at, id) < (${keys.score}, ${keys.created}, ${rest})`
        : sql`(created_at, id) < (${keys.created}, ${rest})`
  const isShown = { all: sql`true`, unviewed: sql`not viewed`, liked: sql`liked` }[show]
  const order =
    sort === 'score' ? sql`similarity_score desc, created_at desc, id desc` : sql`created_at desc, id desc`
  return sql<FeedRow>`
    select id, similarity_score, created_at, name, school, thumbnail_path, liked, viewed, connected,
      similarity_score::text as score_key, created_at::text as created_key
    from private.feed
    where ${isShown} and ${isBeyond}
    order by ${order}
    limit ${limit + 1}`
}

/**
 * Likes somebody, or takes it back. On all matches of these two, so that two likes meet also where each side was shown
 * another one. @returns whether the two are connected now @throws SemblanceError NOT_FOUND
 */
export async function setLike(tx: Tx, profileId: string, { id, on }: { id: string; on: boolean }) {
  const matches = await matchesOf(tx, [id])
  if (matches.length === 0) throw new SemblanceError('NOT_FOUND', 'This match is no longer there.')
  if (on) await react(tx, profileId, matches, 'like')
  else {
    await tx
      .deleteFrom('reactions')
      .where('user_profile_id', '=', profileId)
      .where('match_id', 'in', matches)
      .where('reaction_type', '=', 'like')
      .execute()
  }
  const { rows } = await sql<{ connected: boolean }>`
    select connected from private.feed where ${id}::uuid = any (match_ids)`.execute(tx)
  return { connected: rows[0]?.connected ?? false }
}

/** Notes that these have been seen. What is no longer there is passed over. */
export async function markViewed(tx: Tx, profileId: string, ids: readonly string[]): Promise<void> {
  const matches = await matchesOf(tx, ids)
  if (matches.length > 0) await react(tx, profileId, matches, 'viewed')
}

export function viewEntry(
  { id, similarity_score, created_at, name, school, thumbnail_path, liked, viewed, connected }: FeedRow,
  url: PhotoUrls,
): FeedEntry {
  return {
    ...{ id, similarity_score, created_at, name, school, liked, viewed, connected },
    thumbnail_url: url('faces', thumbnail_path),
  }
}

/** All matches of the pairs that these matches are of, where the feed shows them. */
async function matchesOf(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select unnest(match_ids)::text as id from private.feed where match_ids && ${[...ids]}::uuid[]`.execute(tx)
  return rows.map(({ id }) => id)
}

async function react(
  tx: Tx,
  profileId: string,
  matches: readonly string[],
  reaction: 'like' | 'viewed',
): Promise<void> {
  await tx
    .insertInto('reactions')
    .values(matches.map((id) => ({ user_profile_id: profileId, match_id: id, reaction_type: reaction })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
