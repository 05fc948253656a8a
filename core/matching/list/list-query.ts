import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor, numberKey, timestampKey } from '../../access/cursor'
import { containsPattern } from '../../access/search-text'
import { SemblanceError } from '../../model/errors'
import { factorNames } from '../../model/weights'
import type { MatchFilters, MatchListQuery, MatchSort } from '../contract-list'

/** What a list of matches asks of `match_facts m`: conditions, order, and where a page begins. */

const snapshotSchema = z.strictObject({
  until: timestampKey,
  total: z.int().min(0),
  /** Of filters, sort and direction. */
  of: z.string().max(64),
})
export type Snapshot = z.infer<typeof snapshotSchema>

const positionSchema = z.strictObject({
  snapshot: snapshotSchema,
  key: z.union([numberKey, timestampKey]),
  id: z.guid(),
})

/** Where a page begins: the first, at an offset, or after a position. */
export interface PageStart {
  snapshot: Snapshot | null
  offset: number
  after: { key: string; id: string } | null
}

/** @throws SemblanceError BAD_REQUEST where the tokens belong to another list, or contradict each other */
export function readPageStart(query: MatchListQuery): PageStart {
  const position = decodeCursor(query.cursor, positionSchema)
  const given = decodeCursor(query.snapshot, snapshotSchema)
  if (query.cursor !== undefined && (query.offset !== undefined || query.snapshot !== undefined)) {
    throw new SemblanceError('BAD_REQUEST', 'A cursor stands alone: leave out offset and snapshot.')
  }
  if (query.offset && !given) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'An offset counts in a snapshot. Ask without one first, then with the snapshot of that answer.',
    )
  }
  const snapshot = position?.snapshot ?? given
  if (snapshot && snapshot.of !== fingerprint(query)) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'This page belongs to other filters or another order. Start again from the first page.',
    )
  }
  return { snapshot, offset: query.offset ?? 0, after: position && { key: position.key, id: position.id } }
}

/** A snapshot as of now. */
export function takeSnapshot(query: MatchListQuery, until: string, total: number): Snapshot {
  return { until, total, of: fingerprint(query) }
}

export const writeSnapshot = (snapshot: Snapshot): string => encodeCursor({ ...snapshot })

export const writePosition = (snapshot: Snapshot, last: { key: string; id: string }): string =>
  encodeCursor({ snapshot, key: last.key, id: last.id })

function fingerprint({ cursor: _, offset: __, snapshot: ___, limit: ____, ...rest }: MatchListQuery): string {
  const sorted = JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return createHash('sha256').update(sorted).digest('base64url').slice(0, 22)
}

const columnOf: Record<MatchSort, string> = {
  ...{ score: 'similarity_score', newest: 'created_at', quality: 'least_quality' },
  ...{ embedding: 'embedding', geometry: 'geometry', age: 'age', symmetry: 'symmetry' },
  ...{ skin_tone: 'skin_tone', expression: 'expression' },
}

/**
 * What rows are sorted by, ties by id. What is not known stands outside of [0, 1], so that it comes last in either
 * direction and a position can be compared with it.
 */
export function orderOf({ sort, direction }: Pick<MatchListQuery, 'sort' | 'direction'>) {
  const column = sql`m.${sql.raw(columnOf[sort])}`
  const isAlwaysKnown = sort === 'score' || sort === 'newest'
  const key = isAlwaysKnown ? column : sql`coalesce(${column}, ${sql.lit(direction === 'desc' ? -1 : 2)})`
  const way = sql.raw(direction)
  return { key, order: sql`${key} ${way}, m.id ${way}` }
}

/** Rows beyond a position, in the order of the list. */
export function beyond(
  { sort, direction }: Pick<MatchListQuery, 'sort' | 'direction'>,
  after: { key: string; id: string },
): RawBuilder<unknown> {
  const type = sql.raw(sort === 'newest' ? 'timestamptz' : 'float8')
  const { key } = orderOf({ sort, direction })
  const comparison = sql.raw(direction === 'desc' ? '<' : '>')
  return sql`(${key}, m.id) ${comparison} (${after.key}::${type}, ${after.id}::uuid)`
}

/** What the filters let in. Each is one condition on `match_facts m`; those on other tables by sets of ids. */
export function conditionsOf(filters: MatchFilters): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  const add = (condition: RawBuilder<unknown>) => void conditions.push(condition)
  if (filters.school !== undefined)
    add(sql`(m.school_a = ${filters.school} or m.school_b = ${filters.school})`)
  within('similarity_score', filters.min_score, filters.max_score).forEach(add)
  within('least_quality', filters.min_quality, filters.max_quality).forEach(add)
  for (const name of factorNames) {
    const range = filters.factors?.[name]
    within(name, range?.min, range?.max).forEach(add)
  }
  if (filters.from) add(sql`m.created_at >= ${filters.from}`)
  if (filters.to) add(sql`m.created_at < ${filters.to}`)
  if (filters.embedding_model === null) add(sql`m.embedding_model is null`)
  else if (filters.embedding_model !== undefined) add(sql`m.embedding_model = ${filters.embedding_model}`)
  return [...conditions, ...conditionsOnOthers(filters)]
}

function within(column: string, min: number | undefined, max: number | undefined): RawBuilder<unknown>[] {
  const name = sql`m.${sql.raw(column)}`
  return [
    ...(min === undefined ? [] : [sql`${name} >= ${min}::float8`]),
    ...(max === undefined ? [] : [sql`${name} <= ${max}::float8`]),
  ]
}

/** Joins to sets of match ids, which are found once; "not in" would be asked for each row once the set outgrows the memory. */
function conditionsOnOthers({ liked, viewed, connection, search }: MatchFilters): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  if (liked === 'none') conditions.push(without(reacted('like')))
  else if (liked) {
    conditions.push(sql`m.id in (
      ${reacted('like')} group by r.match_id having count(distinct r.user_profile_id) = ${sql.lit(liked === 'one' ? 1 : 2)}
    )`)
  }
  if (viewed !== undefined) {
    conditions.push(viewed ? sql`m.id in (${reacted('viewed')})` : without(reacted('viewed')))
  }
  if (connection === 'none') {
    conditions.push(without(sql`select r.match_id from public.mutual_connections r where true`))
  } else if (connection) {
    conditions.push(sql`m.id in (
      select c.match_id from public.mutual_connections c where c.status = ${connection}
    )`)
  }
  if (search) conditions.push(matchesOfPeople(containsPattern(search)))
  return conditions
}

const reacted = (type: 'like' | 'viewed') =>
  sql`select r.match_id from public.reactions r where r.reaction_type = ${sql.lit(type)}`

const without = (set: RawBuilder<unknown>) => sql`not exists (${set} and r.match_id = m.id)`

function matchesOfPeople(pattern: string): RawBuilder<unknown> {
  const faces = sql`select f.id from public.faces f join public.profiles p on p.id = f.profile_id
    where p.name ilike ${pattern} or p.email ilike ${pattern}`
  return sql`m.id in (
    select x.id from public.matches x where x.face_a_id in (${faces})
    union all
    select x.id from public.matches x where x.face_b_id in (${faces})
  )`
}
