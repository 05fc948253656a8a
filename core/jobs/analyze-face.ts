import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { holdActiveModel } from '../models/active-model'
import { lockSearchScope, searchCelebrities, searchUsers } from '../matching/search'
import { writeCelebrityMatches, writeMatches } from '../matching/write'
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
 * A job of `match_jobs`: the photo is analysed, then one transaction writes the face, what it matches and the job's end.
 * A second run finds the same rows there and changes nothing.
 */
export async function analyzeFace(job: ClaimedJob, parts: JobParts): Promise<Attempt> {
  const face = await parts.database.asService((tx) => findFace(tx, job.subjectId))
  if (!face) return 'lost'
  const photo = await analyzePhoto(parts, 'faces', face.image_path)
  const attempt = await parts.database.asService((tx) => writeFace(tx, job, photo))
  if (attempt === 'lost' && !(await parts.database.asService((tx) => findFace(tx, job.subjectId)))) {
    await parts.images.remove('faces', madeOf(photo))
  }
  return attempt
}

async function findFace(tx: Transaction<Tables>, id: string) {
  return tx.selectFrom('faces').select('image_path').where('id', '=', id).executeTakeFirst()
}

async function writeFace(tx: Transaction<Tables>, job: ClaimedJob, photo: AnalyzedPhoto): Promise<Attempt> {
  const id = job.subjectId
  await holdActiveModel(tx, photo.analysis.embedding_model)
  // The face before its job, as a deletion takes them: the other way round the two could wait for each other.
  const locked = await tx
    .selectFrom('faces')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked || !(await hold(tx, job))) return 'lost'
  const [face] = photo.analysis.faces
  if (!face) {
    await tx.updateTable('faces').set(photoColumns(photo)).where('id', '=', id).execute()
    await fail(tx, job, noFace)
    return 'failed'
  }
  await tx
    .updateTable('faces')
    .set({
      ...photoColumns(photo),
      ...faceColumns(face, photo.analysis.embedding_model),
      gender: face.gender,
      image_hash: freeHash(id, photo.analysis.image_hash),
      analyzed_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute()
  await lockSearchScope(tx, { faceId: id })
  if (job.jobType !== 'celebrity_match') await writeMatches(tx, id, await searchUsers(tx, id))
  if (job.jobType !== 'user_match') await writeCelebrityMatches(tx, id, await searchCelebrities(tx, id))
  await complete(tx, job)
  return 'completed'
}

/** Other clients insert faces without a hash; it is filled in unless the person has the same photo twice. */
function freeHash(id: string, hash: string) {
  return sql<string | null>`coalesce(faces.image_hash, case when not exists (
    select from public.faces twin where twin.profile_id = faces.profile_id and twin.image_hash = ${hash} and twin.id <> ${id}
  ) then ${hash}::text end)`
}
