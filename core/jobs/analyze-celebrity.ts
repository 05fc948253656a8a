import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { holdActiveModel } from '../models/active-model'
import { lockSearchScope } from '../matching/search'
import { matchCelebrityToFaces } from '../matching/write'
import {
  analyzePhoto,
  faceColumns,
  madeOf,
  noFace,
  photoColumns,
  type AnalyzedPhoto,
  type Attempt,
  type JobParts,
} from './analyze-photo'
import { complete, fail, hold, type ClaimedJob } from './queue'

/**
 * A job of `celebrity_jobs`: the photo is analysed, then one transaction writes the celebrity, whom they look like and
 * the job's end. A second run finds the same rows there and changes nothing.
 */
export async function analyzeCelebrity(job: ClaimedJob, parts: JobParts): Promise<Attempt> {
  const celebrity = await parts.database.asService((tx) => findCelebrity(tx, job.subjectId))
  if (!celebrity) return 'lost'
  const photo = await analyzePhoto(parts, 'celebrity-images', celebrity.image_path)
  const attempt = await parts.database.asService((tx) => writeCelebrity(tx, job, photo))
  if (attempt === 'lost' && !(await parts.database.asService((tx) => findCelebrity(tx, job.subjectId)))) {
    await parts.images.remove('celebrity-images', madeOf(photo))
  }
  return attempt
}

async function findCelebrity(tx: Transaction<Tables>, id: string) {
  return tx.selectFrom('celebrities').select('image_path').where('id', '=', id).executeTakeFirst()
}

async function writeCelebrity(
  tx: Transaction<Tables>,
  job: ClaimedJob,
  photo: AnalyzedPhoto,
): Promise<Attempt> {
  const id = job.subjectId
  await holdActiveModel(tx, photo.analysis.embedding_model)
  const locked = await tx
    .selectFrom('celebrities')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked || !(await hold(tx, job))) return 'lost'
  const [face] = photo.analysis.faces
  if (!face) {
    await tx.updateTable('celebrities').set(photoColumns(photo)).where('id', '=', id).execute()
    await fail(tx, job, noFace)
    return 'failed'
  }
  await tx
    .updateTable('celebrities')
    .set({
      ...photoColumns(photo),
      ...faceColumns(face, photo.analysis.embedding_model),
      // What a curator has said stands above what is seen.
      gender: sql<typeof face.gender>`coalesce(celebrities.gender, ${face.gender}::text)`,
      image_hash: freeHash(id, photo.analysis.image_hash),
      analyzed_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute()
  await lockSearchScope(tx, { celebrityId: id })
  await matchCelebrityToFaces(tx, id)
  await complete(tx, job)
  return 'completed'
}

/** Other clients insert celebrities without a hash; it is filled in unless another one has the same photo. */
function freeHash(id: string, hash: string) {
  return sql<string | null>`coalesce(celebrities.image_hash, case when not exists (
    select from public.celebrities twin where twin.image_hash = ${hash} and twin.id <> ${id}
  ) then ${hash}::text end)`
}
