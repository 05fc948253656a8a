import { sql, type Transaction } from 'kysely'
import { attributeColumns, photoColumns, readAttributes, readBox } from '../access/attributes'
import type { PhotoUrls } from '../access/photo-urls'
import { fromVectorText, type Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import { defaultWeights, weightsSchema, type Weights } from '../model/weights'
import type { ImageBucket } from '../supabase/images'
import type { InspectedFace, Pair } from './contract'
import { factorsOf, scoreOf } from './factors'
import { readMatchRules } from './search'

type Tx = Transaction<Tables>

/** One side as it stands in the database, with the bucket of its photo. */
type Side = Awaited<ReturnType<typeof findFaceSide>> | Awaited<ReturnType<typeof findCelebritySide>>

/** A pair as found, without photos' addresses. */
export interface FoundPair {
  pair: Omit<Pair, 'a' | 'b'>
  a: Side
  b: Side
}

/** The two faces of a match. @throws SemblanceError NOT_FOUND */
export async function findMatchPair(tx: Tx, id: string): Promise<FoundPair> {
  const match = await tx.selectFrom('matches').selectAll().where('id', '=', id).executeTakeFirst()
  if (!match) throw new SemblanceError('NOT_FOUND', 'This match is no longer there.')
  const { match_threshold } = await readMatchRules(tx)
  const [a, b] = [await findFaceSide(tx, match.face_a_id), await findFaceSide(tx, match.face_b_id)]
  return { pair: { ...match, ...(await compare(tx, a, b)), threshold: match_threshold }, a, b }
}

/** A face and a celebrity who look alike. @throws SemblanceError NOT_FOUND */
export async function findLookalikePair(tx: Tx, id: string): Promise<FoundPair & { celebrityId: string }> {
  const match = await tx.selectFrom('celebrity_matches').selectAll().where('id', '=', id).executeTakeFirst()
  if (!match) throw new SemblanceError('NOT_FOUND', 'This lookalike is no longer there.')
  const { celebrity_match_threshold } = await readMatchRules(tx)
  const [a, b] = [await findFaceSide(tx, match.face_id), await findCelebritySide(tx, match.celebrity_id)]
  const pair = { ...match, ...(await compare(tx, a, b)), threshold: celebrity_match_threshold }
  return { pair, a, b, celebrityId: match.celebrity_id }
}

/** Both sides' photos by bucket, to be signed in one go. */
export function photosOfPair({ a, b }: FoundPair): Partial<Record<ImageBucket, string[]>> {
  const photos: Partial<Record<ImageBucket, string[]>> = {}
  for (const { bucket, image_path } of [a, b]) (photos[bucket] ??= []).push(image_path)
  return photos
}

export function viewPair({ pair, a, b }: FoundPair, url: PhotoUrls): Pair {
  const { similarity_score, current_score, factors, weights, threshold, created_at } = pair
  const sides = { a: viewSide(a, url), b: viewSide(b, url) }
  return { similarity_score, current_score, factors, weights, threshold, created_at, ...sides }
}

function viewSide(side: Side, url: PhotoUrls): InspectedFace {
  return {
    ...readAttributes(side),
    name: side.name,
    image_url: url(side.bucket, side.image_path),
    image_width: side.image_width,
    image_height: side.image_height,
    detection_box: readBox(side.detection_box),
  }
}

async function findFaceSide(tx: Tx, id: string) {
  return tx
    .selectFrom('faces as f')
    .innerJoin('profiles as p', 'p.id', 'f.profile_id')
    .where('f.id', '=', id)
    .select(attributeColumns.map((name) => `f.${name}` as const))
    .select(photoColumns.map((name) => `f.${name}` as const))
    .select(['f.embedding', 'f.embedding_model', 'p.name', sql<ImageBucket>`'faces'`.as('bucket')])
    .executeTakeFirstOrThrow()
}

async function findCelebritySide(tx: Tx, id: string) {
  return tx
    .selectFrom('celebrities as c')
    .where('c.id', '=', id)
    .select(attributeColumns.map((name) => `c.${name}` as const))
    .select(photoColumns.map((name) => `c.${name}` as const))
    .select(['c.embedding', 'c.embedding_model', 'c.name', sql<ImageBucket>`'celebrity-images'`.as('bucket')])
    .executeTakeFirstOrThrow()
}

/** The factors and the score of this moment; embeddings of two models are never compared. */
async function compare(tx: Tx, a: Side, b: Side) {
  const isComparable = a.embedding_model === b.embedding_model
  const scored = (side: Side) => ({
    ...side,
    embedding: isComparable && side.embedding !== null ? fromVectorText(side.embedding) : null,
  })
  const weights = await readWeights(tx)
  const factors = factorsOf(scored(a), scored(b))
  return { factors, weights, current_score: scoreOf(factors, weights) }
}

/** The weights of this moment. @throws SemblanceError BAD_REQUEST where the setting makes no sense */
async function readWeights(tx: Tx): Promise<Weights> {
  const row = await tx
    .selectFrom('system_settings')
    .select('value')
    .where('key', '=', 'matching_weights')
    .executeTakeFirst()
  if (!row) return defaultWeights
  const parsed = weightsSchema.safeParse(row.value)
  if (parsed.success) return parsed.data
  throw new SemblanceError(
    'BAD_REQUEST',
    'The setting matching_weights is unusable: six numbers that sum to 1 belong there.',
  )
}
