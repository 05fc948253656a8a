import { sql, type RawBuilder, type Transaction } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor, numberKey, timestampKey } from '../access/cursor'
import { containsPattern } from '../access/search-text'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { Factors } from '../model/weights'
import { factorsOf, type ScoredFace } from './factors'

type Tx = Transaction<Tables>

export interface MatchesQuery {
  school?: string | undefined
  min_score?: number | undefined
  max_score?: number | undefined
  search?: string | undefined
  sort: 'score' | 'newest'
  cursor?: string | undefined
  limit: number
}

/** What the factors compare, without the embedding: its factor comes from the database, so that no vector travels. */
type Compared = Omit<ScoredFace, 'embedding'>

export interface MatchSide extends Compared {
  face_id: string
  profile_id: string
  name: string | null
  school: string | null
  gender: string | null
  photo: string
}

interface MatchRow {
  id: string
  similarity_score: number
  created_at: Date
  score_key: string
  created_key: string
  embedding_factor: number | null
  a: MatchSide
  b: MatchSide
}

export type ListedMatch = MatchRow & { factors: Factors }

const cursorSchema = z.strictObject({
  sort: z.enum(['score', 'newest']),
  score: numberKey,
  created: timestampKey,
  id: z.uuid(),
  total: z.int(),
})

/** One page of matches with their factors, without photos' addresses. The first page counts for all. */
export async function listMatches(tx: Tx, query: MatchesQuery) {
  const after = decodeCursor(query.cursor, cursorSchema)
  if (after && after.sort !== query.sort) {
    throw new SemblanceError(
      'BAD_REQUEST',
      'This page link belongs to another order. Start again from the first page.',
    )
  }
  const conditions = conditionsOf(query)
  const total = after?.total ?? (await countMatches(tx, conditions))
  if (after) conditions.push(beyond(after))
  const rows = await selectMatches(tx, conditions, query.sort, query.limit + 1)
  const page = cutPage(rows, query.limit, (last) => {
    return { sort: query.sort, score: last.score_key, created: last.created_key, id: last.id, total }
  })
  return { total, ...page }
}

/** The best matches of one face, whichever side it stands on. */
export async function matchesOfFace(tx: Tx, faceId: string, limit: number): Promise<ListedMatch[]> {
  const isOfFace = sql`(m.face_a_id = ${faceId}::uuid or m.face_b_id = ${faceId}::uuid)`
  return selectMatches(tx, [isOfFace], 'score', limit)
}

/** The best lookalikes of one face among celebrities. */
export async function lookalikesOfFace(tx: Tx, faceId: string, limit: number) {
  const { rows } = await sql<{
    id: string
    similarity_score: number
    created_at: Date
    embedding_factor: number | null
    face: Compared
    celebrity: Compared & { id: string; name: string; category: string | null; photo: string }
  }>`
    select m.id, m.similarity_score, m.created_at, ${embeddingFactor('f', 'c')} as embedding_factor,
      jsonb_build_object(${compared('f')}) as face,
      jsonb_build_object(
        'id', c.id, 'name', c.name, 'category', c.category, 'photo', coalesce(c.thumbnail_path, c.image_path),
        ${compared('c')}
      ) as celebrity
    from public.celebrity_matches m
    join public.faces f on f.id = m.face_id
    join public.celebrities c on c.id = m.celebrity_id
    where m.face_id = ${faceId}::uuid
    order by m.similarity_score desc, m.id
    limit ${limit}`.execute(tx)
  return rows.map((row) => ({
    ...row,
    factors: factorsBetween(row.face, row.celebrity, row.embedding_factor),
  }))
}

async function selectMatches(
  tx: Tx,
  conditions: RawBuilder<unknown>[],
  sort: 'score' | 'newest',
  limit: number,
): Promise<ListedMatch[]> {
  const order =
    sort === 'score'
      ? sql`m.similarity_score desc, m.created_at desc, m.id desc`
      : sql`m.created_at desc, m.id desc`
  const { rows } = await sql<MatchRow>`
    select m.id, m.similarity_score, m.created_at, m.similarity_score::text as score_key,
      m.created_at::text as created_key, ${embeddingFactor('a', 'b')} as embedding_factor,
      ${side('a')} as a, ${side('b')} as b
    ${matchesWithSides}
    where ${sql.join([sql`true`, ...conditions], sql` and `)}
    order by ${order}
    limit ${limit}`.execute(tx)
  return rows.map((row) => ({ ...row, factors: factorsBetween(row.a, row.b, row.embedding_factor) }))
}

const matchesWithSides = sql`
  from public.matches m
  join public.faces a on a.id = m.face_a_id
  join public.faces b on b.id = m.face_b_id
  join public.profiles pa on pa.id = a.profile_id
  join public.profiles pb on pb.id = b.profile_id`

async function countMatches(tx: Tx, conditions: RawBuilder<unknown>[]): Promise<number> {
  const source = conditions.length > 0 ? matchesWithSides : sql`from public.matches m`
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total ${source}
    where ${sql.join([sql`true`, ...conditions], sql` and `)}`.execute(tx)
  return rows[0].total
}

function conditionsOf({ school, min_score, max_score, search }: MatchesQuery): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  if (school !== undefined) conditions.push(sql`(pa.school = ${school} or pb.school = ${school})`)
  if (min_score !== undefined) conditions.push(sql`m.similarity_score >= ${min_score}`)
  if (max_score !== undefined) conditions.push(sql`m.similarity_score <= ${max_score}`)
  if (search) {
    const fields = [sql`pa.name`, sql`pb.name`, sql`pa.email`, sql`pb.email`]
    const found = fields.map((field) => sql`${field} ilike ${containsPattern(search)}`)
    conditions.push(sql`(${sql.join(found, sql` or `)})`)
  }
  return conditions
}

function beyond({ sort, score, created, id }: z.infer<typeof cursorSchema>): RawBuilder<unknown> {
  return sort === 'score'
    ? sql`(m.similarity_score, m.created_at, m.id) < (${score}::float8, ${created}::timestamptz, ${id}::uuid)`
    : sql`(m.created_at, m.id) < (${created}::timestamptz, ${id}::uuid)`
}

function side(face: 'a' | 'b'): RawBuilder<unknown> {
  const [f, p] = [sql.raw(face), sql.raw(`p${face}`)]
  return sql`jsonb_build_object(
    'face_id', ${f}.id, 'profile_id', ${p}.id, 'name', ${p}.name, 'school', ${p}.school, 'gender', ${p}.gender,
    'photo', coalesce(${f}.thumbnail_path, ${f}.image_path), ${compared(face)}
  )`
}

function compared(table: 'a' | 'b' | 'f' | 'c'): RawBuilder<unknown> {
  const t = sql.raw(table)
  return sql`'age', ${t}.age, 'geometry_ratios', ${t}.geometry_ratios, 'symmetry_score', ${t}.symmetry_score,
    'skin_tone_lab', ${t}.skin_tone_lab, 'expression', ${t}.expression`
}

/** Cosine, nothing below 0; null where a side has no embedding, or they live in two spaces. */
function embeddingFactor(left: 'a' | 'f', right: 'b' | 'c'): RawBuilder<unknown> {
  const [a, b] = [sql.raw(left), sql.raw(right)]
  return sql`case when ${a}.embedding_model is not distinct from ${b}.embedding_model
    then least(1, greatest(0, 1 - (${a}.embedding operator(extensions.<=>) ${b}.embedding))) end`
}

function factorsBetween(a: Compared, b: Compared, embedding: number | null): Factors {
  return { ...factorsOf({ ...a, embedding: null }, { ...b, embedding: null }), embedding }
}
