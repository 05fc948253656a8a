import { sql, type Transaction } from 'kysely'
import { faceColumns, photoColumns } from '../../access/face-columns'
import type { Tables } from '../../database/tables'
import { holdActiveModel } from '../../models/active-model'
import { lockSearchScope, searchCelebrities, searchUsers } from '../../matching/search/search'
import { writeCelebrityMatches, writeMatches } from '../../matching/rows/write'
import { noFace, photoOf, type Attempt, type JobParts } from './analyze-photo'
import { madeOf, type AnalyzedPhoto } from './analyzed-photo'
import { dropCheckpoint, readCheckpoint } from './checkpoints'
import { begin, complete, fail, hold, type ClaimedJob } from '../queue/queue'

/**
 * A job of `match_jobs`: the photo is analysed, then one transaction writes the face, what it matches and the job's end.
 * A second run finds the same rows there and changes nothing.
 */
export async function analyzeFace(job: ClaimedJob, parts: JobParts): Promise<Attempt> {
  const found = await parts.database.asService(async (tx) => {
    if (!(await begin(tx, job))) return undefined
    const subject = await findFace(tx, job.subjectId)
    return subject && { subject, checkpoint: await readCheckpoint(tx, job) }
  })
  if (!found) return 'lost'
  const photo = await photoOf(job, parts, 'faces', found)
  const attempt = await parts.database.asService((tx) => writeFace(tx, job, parts, photo))
  if (photo && attempt === 'lost' && !(await parts.database.asService((tx) => findFace(tx, job.subjectId)))) {
    await parts.images.remove('faces', madeOf(photo))
  }
  return attempt
}

async function findFace(tx: Transaction<Tables>, id: string) {
  return tx
    .selectFrom('faces')
    .select([
      'image_path',
      'image_hash',
      'embedding_model',
      sql<boolean>`embedding is not null`.as('isAnalyzed'),
    ])
    .where('id', '=', id)
    .executeTakeFirst()
}

async function writeFace(
  tx: Transaction<Tables>,
  job: ClaimedJob,
  parts: JobParts,
  photo: AnalyzedPhoto | null,
): Promise<Attempt> {
  const id = job.subjectId
  const model = photo?.analysis.embedding_model ?? parts.embeddingModel()
  if (model) await holdActiveModel(tx, model)
  // The face before its job, as a deletion takes them: the other way round the two could wait for each other.
  const locked = await tx
    .selectFrom('faces')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked || !(await hold(tx, job))) return 'lost'
  job.notes?.enter('write')
  if (photo && !(await describeFace(tx, id, photo))) {
    await fail(tx, job, noFace)
    return 'failed'
  }
  job.notes?.enter('search')
  await lockSearchScope(tx, { faceId: id })
  if (job.jobType !== 'celebrity_match') await writeMatches(tx, id, await searchUsers(tx, id))
  if (job.jobType !== 'user_match') await writeCelebrityMatches(tx, id, await searchCelebrities(tx, id))
  job.notes?.enter('write')
  await complete(tx, job)
  if (parts.progress.hasCheckpoint) await dropCheckpoint(tx, job)
  return 'completed'
}

/** Writes what is known of the photo. False where it shows no face. */
async function describeFace(tx: Transaction<Tables>, id: string, photo: AnalyzedPhoto): Promise<boolean> {
  const [face] = photo.analysis.faces
  if (!face) {
    await tx.updateTable('faces').set(photoColumns(photo)).where('id', '=', id).execute()
    return false
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
  return true
}

/** Other clients insert faces without a hash; it is filled in unless the person has the same photo twice. */
function freeHash(id: string, hash: string) {
  return sql<string | null>`coalesce(faces.image_hash, case when not exists (
    select from public.faces twin where twin.profile_id = faces.profile_id and twin.image_hash = ${hash} and twin.id <> ${id}
  ) then ${hash}::text end)`
}
