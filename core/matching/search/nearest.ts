import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { PhotoUrls } from '../../access/photo-urls'
import { toVectorText, type Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import type { Factors } from '../../model/weights'
import type { Nearest } from '../contract-search'
import { factorsOf, type ScoredFace } from '../factors'

/**
 * Who resembles a face most, stored nowhere: every face is scored, by the weights of this moment, whatever the rules of
 * matching say of it. Slower than the search of a worker, which may leave out whom the rules leave out.
 */

type Tx = Transaction<Tables>

/** What is searched by: a row of the database, or numbers of a photo that is in none. */
export interface NearestQuery {
  /** A subquery of one row with the columns that `extensions.face_similarity` compares, and `embedding_model`. */
  source: RawBuilder<unknown>
  /** Whose own photos are left out. */
  profileId: string | null
  /** Whose stored pairs are named. */
  faceId: string | null
  celebrityId: string | null
  limit: number
}

const comparedColumns = sql.raw(
  'embedding, embedding_norm, geometry, age, symmetry_score, skin_tone, expression, geometry_ratios, skin_tone_lab',
)

/** @throws SemblanceError NOT_FOUND; CONFLICT where it is not analysed */
export async function queryByFace(tx: Tx, faceId: string, limit: number): Promise<NearestQuery> {
  const face = await tx
    .selectFrom('faces')
    .select(['profile_id', sql<boolean>`embedding is not null`.as('is_analyzed')])
    .where('id', '=', faceId)
    .executeTakeFirst()
  requireAnalyzed(face, 'face')
  const source = sql`select ${comparedColumns}, embedding_model from public.faces where id = ${faceId}::uuid`
  return { source, profileId: face?.profile_id ?? null, faceId, celebrityId: null, limit }
}

/** @throws SemblanceError NOT_FOUND; CONFLICT where it is not analysed */
export async function queryByCelebrity(tx: Tx, celebrityId: string, limit: number): Promise<NearestQuery> {
  const celebrity = await tx
    .selectFrom('celebrities')
    .select(sql<boolean>`embedding is not null`.as('is_analyzed'))
    .where('id', '=', celebrityId)
    .executeTakeFirst()
  requireAnalyzed(celebrity, 'celebrity')
  const source = sql`select ${comparedColumns}, embedding_model from public.celebrities where id = ${celebrityId}::uuid`
  return { source, profileId: null, faceId: null, celebrityId, limit }
}

function requireAnalyzed(row: { is_analyzed: boolean } | undefined, what: string): void {
  if (!row) throw new SemblanceError('NOT_FOUND', `This ${what} is no longer there.`)
  if (row.is_analyzed) return
  throw new SemblanceError('CONFLICT', `This ${what} is not analysed yet, so nobody can be compared with it.`)
}

/** A face that is in no row. The numbers travel with the query alone; nothing is written. */
export function queryByNumbers(face: ScoredFace, embeddingModel: string, limit: number): NearestQuery {
  const embedding = face.embedding && toVectorText(face.embedding)
  const ratios = face.geometry_ratios && JSON.stringify(face.geometry_ratios)
  const tone = face.skin_tone_lab && Array.from(face.skin_tone_lab)
  const source = sql`
    select n.embedding, extensions.vector_norm(n.embedding) as embedding_norm,
      private.geometry_vector(n.geometry_ratios) as geometry, ${face.age}::integer as age,
      ${face.symmetry_score}::float8 as symmetry_score, private.skin_tone_vector(n.skin_tone_lab) as skin_tone,
      ${face.expression}::text as expression, n.geometry_ratios, n.skin_tone_lab,
      ${embeddingModel}::text as embedding_model
    from (
      select ${embedding}::extensions.vector as embedding, ${ratios}::jsonb as geometry_ratios,
        ${tone}::float8[] as skin_tone_lab
    ) as n`
  return { source, profileId: null, faceId: null, celebrityId: null, limit }
}

/** The nearest others of a query, best first, without photos' addresses. */
export async function findNearest(tx: Tx, query: NearestQuery) {
  await sql`set local jit = off`.execute(tx)
  const people = await nearestPeople(tx, query)
  return { people, celebrities: await nearestCelebrities(tx, query) }
}

export type FoundNearest = Awaited<ReturnType<typeof findNearest>>

interface FoundRow {
  similarity_score: number
  embedding_factor: number | null
  query: Compared
  other: Compared
}

/** Without the embedding, whose factor comes from the database. */
type Compared = Omit<ScoredFace, 'embedding'>

interface FoundPerson extends FoundRow {
  face_id: string
  profile_id: string
  name: string | null
  school: string | null
  gender: string | null
  photo: string
  match_id: string | null
}

async function nearestPeople(tx: Tx, { source, profileId, faceId, limit }: NearestQuery) {
  const { rows } = await sql<FoundPerson>`
    ${best(source, 'faces', limit, sql`c.is_default and c.profile_id is distinct from ${profileId}::uuid`)}
    select c.id as face_id, c.profile_id, p.name, p.school, p.gender,
      coalesce(c.thumbnail_path, c.image_path) as photo, ${scoredColumns},
      (
        select m.id from public.matches m
        where least(m.face_a_id, m.face_b_id) = least(c.id, ${faceId}::uuid)
          and greatest(m.face_a_id, m.face_b_id) = greatest(c.id, ${faceId}::uuid) and ${faceId}::uuid is not null
      ) as match_id
    from best
    cross join query
    join public.faces c on c.id = best.id
    join public.profiles p on p.id = c.profile_id
    order by best.score desc, c.id`.execute(tx)
  return rows.map((row) => ({ ...withFactors(row), age: row.other.age }))
}

interface FoundCelebrity extends FoundRow {
  celebrity_id: string
  name: string
  category: string | null
  photo: string
  lookalike_id: string | null
}

async function nearestCelebrities(tx: Tx, { source, faceId, celebrityId, limit }: NearestQuery) {
  const { rows } = await sql<FoundCelebrity>`
    ${best(source, 'celebrities', limit, sql`c.id is distinct from ${celebrityId}::uuid`)}
    select c.id as celebrity_id, c.name, c.category, coalesce(c.thumbnail_path, c.image_path) as photo, ${scoredColumns},
      (
        select m.id from public.celebrity_matches m where m.celebrity_id = c.id and m.face_id = ${faceId}::uuid
      ) as lookalike_id
    from best
    cross join query
    join public.celebrities c on c.id = best.id
    order by best.score desc, c.id`.execute(tx)
  return rows.map(withFactors)
}

/** Scores everybody, and keeps ids and scores of the best alone. */
function best(
  source: RawBuilder<unknown>,
  table: 'faces' | 'celebrities',
  limit: number,
  condition: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`
    with query as materialized (${source}),
    settings as materialized (select private.matching_weights() as weights),
    best as materialized (
      select scored.id, scored.score
      from (
        select c.id, extensions.face_similarity(
          q.embedding, q.embedding_norm, q.geometry, q.age, q.symmetry_score, q.skin_tone, q.expression,
          c.embedding, c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression,
          settings.weights
        ) as score
        from ${sql.table(`public.${table}`)} c
        cross join query q
        cross join settings
        where c.embedding is not null and c.embedding_model is not distinct from q.embedding_model and ${condition}
        offset 0
      ) as scored
      where scored.score is not null
      order by scored.score desc, scored.id
      limit ${limit}
    )`
}

const comparedOf = (table: 'query' | 'c') => {
  const t = sql.raw(table)
  return sql`jsonb_build_object(
    'age', ${t}.age, 'geometry_ratios', ${t}.geometry_ratios, 'symmetry_score', ${t}.symmetry_score,
    'skin_tone_lab', ${t}.skin_tone_lab, 'expression', ${t}.expression
  )`
}

const scoredColumns = sql`best.score as similarity_score,
  least(1, greatest(0, 1 - (query.embedding operator(extensions.<=>) c.embedding))) as embedding_factor,
  ${comparedOf('query')} as query, ${comparedOf('c')} as other`

/** Factors in place of what they were made of. */
function withFactors<Row extends FoundRow>({ query, other, embedding_factor: embedding, ...row }: Row) {
  const factors = factorsOf({ ...query, embedding: null }, { ...other, embedding: null })
  return { ...row, factors: { ...factors, embedding } satisfies Factors }
}

export function photosOfNearest({ people, celebrities }: FoundNearest) {
  return {
    faces: people.map(({ photo }) => photo),
    'celebrity-images': celebrities.map(({ photo }) => photo),
  }
}

export function viewNearest({ people, celebrities }: FoundNearest, url: PhotoUrls): Nearest {
  return {
    people: people.map(({ photo, ...row }) => ({ ...row, thumbnail_url: url('faces', photo) })),
    celebrities: celebrities.map(({ photo, ...row }) => ({
      ...row,
      thumbnail_url: url('celebrity-images', photo),
    })),
  }
}
