import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { PhotoUrls } from '../../access/photo-urls'
import type { Tables } from '../../database/tables'
import type { Factors } from '../../model/weights'
import type { MatchSummary } from '../contract-list'
import { factorsOf, type ScoredFace } from '../factors'

type Tx = Transaction<Tables>

/** What the factors compare, without the embedding: its factor comes from the database, so that no vector travels. */
type Compared = Omit<ScoredFace, 'embedding'>

interface MatchSide extends Compared {
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
  embedding_factor: number | null
  a: MatchSide
  b: MatchSide
}

export type FaceMatch = MatchRow & { factors: Factors }

/** The best matches of one face, whichever side it stands on. */
export async function matchesOfFace(tx: Tx, faceId: string, limit: number): Promise<FaceMatch[]> {
  const { rows } = await sql<MatchRow>`
    select m.id, m.similarity_score, m.created_at, ${embeddingFactor('a', 'b')} as embedding_factor,
      ${side('a')} as a, ${side('b')} as b
    from public.matches m
    join public.faces a on a.id = m.face_a_id
    join public.faces b on b.id = m.face_b_id
    join public.profiles pa on pa.id = a.profile_id
    join public.profiles pb on pb.id = b.profile_id
    where m.face_a_id = ${faceId}::uuid or m.face_b_id = ${faceId}::uuid
    order by m.similarity_score desc, m.created_at desc, m.id desc
    limit ${limit}`.execute(tx)
  return rows.map((row) => ({ ...row, factors: factorsBetween(row.a, row.b, row.embedding_factor) }))
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

export function photosOfFaceMatch({ a, b }: FaceMatch): string[] {
  return [a.photo, b.photo]
}

export function viewFaceMatch(match: FaceMatch, url: PhotoUrls): MatchSummary {
  const { id, similarity_score, factors, created_at, a, b } = match
  return { id, similarity_score, factors, created_at, a: viewSide(a, url), b: viewSide(b, url) }
}

function viewSide({ face_id, profile_id, name, school, gender, age, photo }: MatchSide, url: PhotoUrls) {
  return { face_id, profile_id, name, school, gender, age, thumbnail_url: url('faces', photo) }
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
