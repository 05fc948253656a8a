import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { PhotoUrls } from '../../access/photo-urls'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import type { Factors } from '../../model/weights'
import type { ListedMatchView, MatchFilters, MatchListQuery } from '../contract-list'
import {
  beyond,
  conditionsOf,
  orderOf,
  readPageStart,
  takeSnapshot,
  writePosition,
  writeSnapshot,
} from './list-query'

type Tx = Transaction<Tables>

interface ListedSide {
  face_id: string
  profile_id: string
  name: string | null
  school: string | null
  gender: string | null
  age: number | null
  photo: string
}

interface ListedRow {
  id: string
  key: string
  similarity_score: number
  created_at: Date
  factors: Factors
  least_quality: number | null
  embedding_model: string | null
  likes: number
  views: number
  connection: ListedMatchView['connection']
  a: ListedSide
  b: ListedSide
}

const mostIds = 10_000

/**
 * One page of all matches, without photos' addresses (see `matching.list` for the ways through it).
 * @throws SemblanceError BAD_REQUEST where the tokens belong to another list
 */
export async function listMatches(tx: Tx, query: MatchListQuery) {
  const start = readPageStart(query)
  const conditions = conditionsOf(query)
  // Compiling a plan takes longer than any of these takes to run.
  await sql`set local jit = off`.execute(tx)
  const snapshot = start.snapshot ?? (await snapshotOf(tx, query, conditions))
  conditions.push(sql`m.created_at <= ${snapshot.until}::timestamptz`)
  if (start.after) conditions.push(beyond(query, start.after))
  const { rows } = await pageQuery(query, conditions, start.offset).execute(tx)
  const items = rows.slice(0, query.limit)
  const last = items.at(-1)
  return {
    items,
    total: snapshot.total,
    snapshot: writeSnapshot(snapshot),
    next_cursor: rows.length > query.limit && last ? writePosition(snapshot, last) : null,
  }
}

export async function countMatches(tx: Tx, filters: MatchFilters): Promise<number> {
  await sql`set local jit = off`.execute(tx)
  return (await countAndTime(tx, conditionsOf(filters))).total
}

/** The ids of all that the filters let in, in order. @throws SemblanceError BAD_REQUEST beyond 10,000 */
export async function idsOfMatches(
  tx: Tx,
  query: MatchFilters & Pick<MatchListQuery, 'sort' | 'direction'>,
): Promise<string[]> {
  await sql`set local jit = off`.execute(tx)
  const { rows } = await sql<{ id: string }>`
    select m.id from public.match_facts m where ${all(conditionsOf(query))}
    order by ${orderOf(query).order} limit ${mostIds + 1}`.execute(tx)
  if (rows.length > mostIds) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'More than 10,000 matches fit. Narrow the filters, then select again.',
      { most: mostIds },
    )
  }
  return rows.map(({ id }) => id)
}

/** The embedding models that matches are of, the most first. */
export async function modelsOfMatches(tx: Tx) {
  return tx
    .selectFrom('match_facts')
    .select(['embedding_model', sql<number>`count(*)::int`.as('matches')])
    .groupBy('embedding_model')
    .orderBy('matches', 'desc')
    .orderBy('embedding_model')
    .execute()
}

export function photosOfMatch({ a, b }: ListedRow): string[] {
  return [a.photo, b.photo]
}

export function viewListedMatch({ key: _, a, b, ...match }: ListedRow, url: PhotoUrls): ListedMatchView {
  return { ...match, a: viewSide(a, url), b: viewSide(b, url) }
}

function viewSide({ photo, ...side }: ListedSide, url: PhotoUrls) {
  return { ...side, thumbnail_url: url('faces', photo) }
}

async function snapshotOf(tx: Tx, query: MatchListQuery, conditions: RawBuilder<unknown>[]) {
  const { until, total } = await countAndTime(tx, conditions)
  return takeSnapshot(query, until, total)
}

async function countAndTime(tx: Tx, conditions: RawBuilder<unknown>[]) {
  const { rows } = await sql<{ until: string; total: number }>`
    select now()::text as until, count(*)::int as total
    from public.match_facts m
    where ${all([...conditions, sql`m.created_at <= now()`])}`.execute(tx)
  return rows[0]
}

/** The narrow table finds the page, and only its rows are joined with both photos and people. */
export function pageQuery(
  query: Pick<MatchListQuery, 'sort' | 'direction' | 'limit'>,
  conditions: RawBuilder<unknown>[],
  offset: number,
): RawBuilder<ListedRow> {
  const { key, order } = orderOf(query)
  return sql<ListedRow>`
    with page as materialized (
      select m.id, (${key})::text as key
      from public.match_facts m
      where ${all(conditions)}
      order by ${order}
      offset ${offset}
      limit ${query.limit + 1}
    )
    select m.id, page.key, m.similarity_score, m.created_at, m.least_quality, m.embedding_model,
      jsonb_build_object(
        'embedding', m.embedding, 'geometry', m.geometry, 'age', m.age, 'symmetry', m.symmetry,
        'skin_tone', m.skin_tone, 'expression', m.expression
      ) as factors,
      ${reactionsOf('like')} as likes, ${reactionsOf('viewed')} as views,
      (
        select c.status from public.mutual_connections c
        where c.match_id = m.id order by c.created_at desc, c.id limit 1
      ) as connection,
      ${side('a')} as a, ${side('b')} as b
    from page
    join public.match_facts m on m.id = page.id
    join public.matches x on x.id = m.id
    join public.faces a on a.id = x.face_a_id
    join public.faces b on b.id = x.face_b_id
    join public.profiles pa on pa.id = a.profile_id
    join public.profiles pb on pb.id = b.profile_id
    order by ${order}`
}

const all = (conditions: RawBuilder<unknown>[]) => sql.join([sql`true`, ...conditions], sql` and `)

const reactionsOf = (type: 'like' | 'viewed') => sql`(
  select count(distinct r.user_profile_id)::int from public.reactions r
  where r.match_id = m.id and r.reaction_type = ${sql.lit(type)} and r.user_profile_id in (pa.id, pb.id)
)`

function side(face: 'a' | 'b'): RawBuilder<unknown> {
  const [f, p] = [sql.raw(face), sql.raw(`p${face}`)]
  return sql`jsonb_build_object(
    'face_id', ${f}.id, 'profile_id', ${p}.id, 'name', ${p}.name, 'school', ${p}.school, 'gender', ${p}.gender,
    'age', ${f}.age, 'photo', coalesce(${f}.thumbnail_path, ${f}.image_path)
  )`
}
