import { sql, type Transaction } from 'kysely'
import { faceColumns, photoColumns } from '../../access/face-columns'
import type { Tables } from '../../database/tables'
import { holdActiveModel } from '../../models/active-model'
import { lockSearchScope } from '../../matching/search/search'
import { matchCelebrityToFaces } from '../../matching/rows/write'
import { noFace, photoOf, type Attempt, type JobParts } from './analyze-photo'
import { madeOf, type AnalyzedPhoto } from './analyzed-photo'
import { dropCheckpoint, readCheckpoint } from './checkpoints'
import { begin, complete, fail, hold, type ClaimedJob } from '../queue/queue'

/**
 * A job of `celebrity_jobs`: the photo is analysed, then one transaction writes the celebrity, whom they look like and
 * the job's end. A second run finds the same rows there and changes nothing.
 */
export async function analyzeCelebrity(job: ClaimedJob, parts: JobParts): Promise<Attempt> {
  const found = await parts.database.asService(async (tx) => {
    if (!(await begin(tx, job))) return undefined
    const subject = await findCelebrity(tx, job.subjectId)
    return subject && { subject, checkpoint: await readCheckpoint(tx, job) }
  })
  if (!found) return 'lost'
  const photo = await photoOf(job, parts, 'celebrity-images', found)
  const attempt = await parts.database.asService((tx) => writeCelebrity(tx, job, parts, photo))
  if (photo && attempt === 'lost') await removeNobodys(parts, found.subject.image_path, photo)
  return attempt
}

/** What was made of a photo goes where that is nobody's by now, and can't come back out of the trash either. */
export async function removeNobodys(parts: JobParts, path: string, photo: AnalyzedPhoto): Promise<void> {
  if (await parts.database.asService((tx) => isNamed(tx, path))) return
  await parts.images.remove('celebrity-images', madeOf(photo))
}

async function isNamed(tx: Transaction<Tables>, path: string): Promise<boolean> {
  const { rows } = await sql`
    select from public.celebrities where image_path = ${path}
    union all
    select from public.celebrity_photos where image_path = ${path}
    union all
    select from public.celebrity_changes
    where purged_at is null and undone_at is null and purge_at is not null and ${path} = any (image_paths)
    limit 1`.execute(tx)
  return rows.length > 0
}

async function findCelebrity(tx: Transaction<Tables>, id: string) {
  return tx
    .selectFrom('celebrities')
    .select([
      'image_path',
      'image_hash',
      'embedding_model',
      sql<boolean>`embedding is not null`.as('isAnalyzed'),
    ])
    .where('id', '=', id)
    .executeTakeFirst()
}

async function writeCelebrity(
  tx: Transaction<Tables>,
  job: ClaimedJob,
  parts: JobParts,
  photo: AnalyzedPhoto | null,
): Promise<Attempt> {
  const id = job.subjectId
  const model = photo?.analysis.embedding_model ?? parts.embeddingModel()
  if (model) await holdActiveModel(tx, model)
  const locked = await tx
    .selectFrom('celebrities')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked || !(await hold(tx, job))) return 'lost'
  job.notes?.enter('write')
  if (photo && !(await describeCelebrity(tx, id, photo))) {
    await fail(tx, job, noFace)
    return 'failed'
  }
  job.notes?.enter('search')
  await lockSearchScope(tx, { celebrityId: id })
  await matchCelebrityToFaces(tx, id)
  job.notes?.enter('write')
  await complete(tx, job)
  if (parts.progress.hasCheckpoint) await dropCheckpoint(tx, job)
  return 'completed'
}

/** Writes what is known of the photo. False where it shows no face. */
async function describeCelebrity(
  tx: Transaction<Tables>,
  id: string,
  photo: AnalyzedPhoto,
): Promise<boolean> {
  const [face] = photo.analysis.faces
  if (!face) {
    await tx.updateTable('celebrities').set(photoColumns(photo)).where('id', '=', id).execute()
    return false
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
  return true
}

/** Other clients insert celebrities without a hash; it is filled in unless another one has the same photo. */
function freeHash(id: string, hash: string) {
  return sql<string | null>`coalesce(celebrities.image_hash, case when not exists (
    select from public.celebrities twin where twin.image_hash = ${hash} and twin.id <> ${id}
  ) then ${hash}::text end)`
}
