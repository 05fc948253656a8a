import { sql, type Transaction } from 'kysely'
import { attributeColumns, shownPhotoColumns, readAttributes, readBox } from '../../access/attributes'
import { viewOf, type PhotoUrls } from '../../access/photo-urls'
import { fromVectorText, type Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { defaultWeights, weightsSchema, type Weights } from '../../model/weights'
import type { ImageBucket } from '../../supabase/images'
import type { InspectedFace, Pair } from '../contract-pair'
import { contributionsOf } from './contributions'
import { doubtsOf } from './doubts'
import { factorsOf, scoreOf } from '../factors'
import { readMatchRules } from '../search/search'

type Tx = Transaction<Tables>

/** One side as it stands in the database, with the bucket of its photo. */
type Side = Awaited<ReturnType<typeof findFaceSide>> | Awaited<ReturnType<typeof findCelebritySide>>

/** A pair as found, without photos' addresses. */
export interface FoundPair {
  pair: Omit<Pair, 'a' | 'b'>
  a: Side
  b: Side
}

/** Which pair is meant: a row of `matches`, or of `celebrity_matches`. */
export interface PairKey {
  id: string
  kind: 'match' | 'lookalike'
}

/** The ids of both sides of a pair: of a lookalike the second is a celebrity's. @throws SemblanceError NOT_FOUND */
export async function findPairRow(tx: Tx, { id, kind }: PairKey) {
  const { rows } = await (
    kind === 'match'
      ? sql<PairRow>`select id, similarity_score, created_at, face_a_id as a, face_b_id as b
          from public.matches where id = ${id}::uuid`
      : sql<PairRow>`select id, similarity_score, created_at, face_id as a, celebrity_id as b
          from public.celebrity_matches where id = ${id}::uuid`
  ).execute(tx)
  if (rows[0]) return rows[0]
  throw new SemblanceError('NOT_FOUND', `This ${kind} is no longer there.`)
}

interface PairRow {
  id: string
  similarity_score: number
  created_at: Date
  a: string
  b: string
}

/** Both sides of a pair, and what its score is made of. @throws SemblanceError NOT_FOUND */
export async function findPair(tx: Tx, key: PairKey): Promise<FoundPair> {
  const { a: aId, b: bId, ...row } = await findPairRow(tx, key)
  const rules = await readMatchRules(tx)
  const isMatch = key.kind === 'match'
  const a = await findFaceSide(tx, aId)
  const b = await (isMatch ? findFaceSide(tx, bId) : findCelebritySide(tx, bId))
  const threshold = isMatch ? rules.match_threshold : rules.celebrity_match_threshold
  const scored = compare(a, b, await readWeights(tx))
  const doubted = { ...row, ...scored, leastQuality: await readLeastQuality(tx) }
  const doubts = doubtsOf({ ...doubted, a: doubtedSide(a), b: doubtedSide(b) }, new Date())
  return { pair: { ...row, ...scored, threshold, doubts }, a, b }
}

/** Both sides' photos by bucket, to be signed in one go. */
export function photosOfPair({ a, b }: FoundPair): Partial<Record<ImageBucket, string[]>> {
  const photos: Partial<Record<ImageBucket, string[]>> = {}
  for (const side of [a, b]) (photos[side.bucket] ??= []).push(viewOf(side))
  return photos
}

export function viewPair({ pair, a, b }: FoundPair, url: PhotoUrls): Pair {
  return { ...pair, a: viewSide(a, url), b: viewSide(b, url) }
}

function viewSide(side: Side, url: PhotoUrls): InspectedFace {
  return {
    ...readAttributes(side),
    ...{ name: side.name, school: side.school, owner_gender: side.owner_gender },
    ...{ face_id: side.face_id, profile_id: side.profile_id, celebrity_id: side.celebrity_id },
    ...{ embedding_model: side.embedding_model, analyzed_at: side.analyzed_at },
    ...{ faces_found: side.faces_found, is_default: side.is_default },
    image_url: url(side.bucket, viewOf(side)),
    image_width: side.image_width,
    image_height: side.image_height,
    detection_box: readBox(side.detection_box),
  }
}

const comparedColumns = ['embedding', 'embedding_model', 'analyzed_at', 'faces_found'] as const

async function findFaceSide(tx: Tx, id: string) {
  return tx
    .selectFrom('faces as f')
    .innerJoin('profiles as p', 'p.id', 'f.profile_id')
    .where('f.id', '=', id)
    .select(
      [...attributeColumns, ...shownPhotoColumns, ...comparedColumns].map((name) => `f.${name}` as const),
    )
    .select(['f.id as face_id', 'f.profile_id', 'f.is_default', 'p.name', 'p.school'])
    .select([
      'p.gender as owner_gender',
      sql<string | null>`null`.as('celebrity_id'),
      sql<ImageBucket>`'faces'`.as('bucket'),
    ])
    .executeTakeFirstOrThrow()
}

async function findCelebritySide(tx: Tx, id: string) {
  return tx
    .selectFrom('celebrities as c')
    .where('c.id', '=', id)
    .select(
      [...attributeColumns, ...shownPhotoColumns, ...comparedColumns].map((name) => `c.${name}` as const),
    )
    .select(['c.id as celebrity_id', 'c.name', 'c.gender as owner_gender'])
    .select([
      sql<string | null>`null`.as('face_id'),
      sql<string | null>`null`.as('profile_id'),
      sql<string | null>`null`.as('school'),
      sql<boolean>`true`.as('is_default'),
      sql<ImageBucket>`'celebrity-images'`.as('bucket'),
    ])
    .executeTakeFirstOrThrow()
}

/** The factors and the score of this moment; embeddings of two models are never compared. */
function compare(a: Side, b: Side, weights: Weights) {
  const isOneModel = a.embedding_model === b.embedding_model
  const scored = (side: Side) => ({
    ...side,
    embedding: isOneModel && side.embedding !== null ? fromVectorText(side.embedding) : null,
  })
  const factors = factorsOf(scored(a), scored(b))
  const sides = { a: columnsOf(a), b: columnsOf(b), isOneModel }
  const contributions = contributionsOf(factors, weights, sides)
  return { factors, weights, contributions, current_score: scoreOf(factors, weights) }
}

function columnsOf(side: Side) {
  return {
    ...{ embedding: side.embedding, geometry: side.geometry_ratios, age: side.age },
    ...{ symmetry: side.symmetry_score, skin_tone: side.skin_tone_lab, expression: side.expression },
  }
}

function doubtedSide(side: Side) {
  const { name, analyzed_at, faces_found } = side
  return { ...readAttributes(side), name, analyzed_at, faces_found, isAnalyzed: side.embedding !== null }
}

/** The weights of this moment. @throws SemblanceError BAD_REQUEST where the setting makes no sense */
export async function readWeights(tx: Tx): Promise<Weights> {
  const value = await readSetting(tx, 'matching_weights')
  if (value === undefined) return defaultWeights
  const parsed = weightsSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SemblanceError(
    'BAD_REQUEST',
    'The setting matching_weights is unusable: six numbers that sum to 1 belong there.',
  )
}

async function readLeastQuality(tx: Tx): Promise<number> {
  const value = await readSetting(tx, 'match_min_quality')
  return typeof value === 'number' ? value : 0.6
}

async function readSetting(tx: Tx, key: string): Promise<unknown> {
  const row = await tx.selectFrom('system_settings').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}
