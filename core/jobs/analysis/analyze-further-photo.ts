import { sql, type Transaction } from 'kysely'
import { faceColumns, faceFacts, photoColumns } from '../../access/face-columns'
import type { Tables } from '../../database/tables'
import { holdActiveModel } from '../../models/active-model'
import { complete, fail, hold, type ClaimedJob } from '../queue/queue'
import { removeNobodys } from './analyze-celebrity'
import { analyzePhoto, noFace, type Attempt, type JobParts } from './analyze-photo'
import type { AnalyzedPhoto } from './analyzed-photo'

type Tx = Transaction<Tables>

interface FurtherPhoto {
  id: string
  celebrity_id: string
  image_path: string
}

/** The further photo that a job of `embedding_jobs` is about; undefined where it is about a switch, or the photo is gone. */
export async function findFurtherPhoto(tx: Tx, jobId: string): Promise<FurtherPhoto | undefined> {
  return tx
    .selectFrom('embedding_jobs as j')
    .innerJoin('celebrity_photos as p', 'p.id', 'j.photo_id')
    .where('j.id', '=', jobId)
    .where('j.switch_id', 'is', null)
    .select(['p.id', 'p.celebrity_id', 'p.image_path'])
    .executeTakeFirst()
}

/**
 * Analyses a further photo of a celebrity by the models of today. Nobody is searched by it, so nothing follows. A second
 * run writes the same; where the photo was moved or removed meanwhile, nothing is written.
 */
export async function analyzeFurtherPhoto(
  job: ClaimedJob,
  parts: JobParts,
  photo: FurtherPhoto,
): Promise<Attempt> {
  const analyzed = await analyzePhoto(job, parts, 'celebrity-images', photo.image_path)
  const attempt = await parts.database.asService((tx) => write(tx, job, photo, analyzed))
  if (attempt === 'lost') await removeNobodys(parts, photo, analyzed)
  return attempt
}

async function write(
  tx: Tx,
  job: ClaimedJob,
  photo: FurtherPhoto,
  analyzed: AnalyzedPhoto,
): Promise<Attempt> {
  await holdActiveModel(tx, analyzed.analysis.embedding_model)
  // The celebrity before the photo and its job, as a deletion takes them.
  await tx
    .selectFrom('celebrities')
    .select('id')
    .where('id', '=', photo.celebrity_id)
    .forKeyShare()
    .executeTakeFirst()
  const there = await tx
    .selectFrom('celebrity_photos')
    .select('id')
    .where('id', '=', photo.id)
    .where('image_path', '=', photo.image_path)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!there || !(await hold(tx, job))) return 'lost'
  const { faces_found, image_width, image_height, ...paths } = photoColumns(analyzed)
  const [face] = analyzed.analysis.faces
  const facts = { ...(face && faceFacts(face)), faces_found, image_width, image_height }
  await tx
    .updateTable('celebrity_photos')
    .set({
      ...paths,
      // What a curator has said of the person stands above what is seen.
      analysis: sql`analysis || ${JSON.stringify(facts)}::text::jsonb || jsonb_build_object(
        'gender', coalesce(analysis ->> 'gender', ${face?.gender ?? null}::text), 'analyzed_at', now())` as never,
    })
    .where('id', '=', photo.id)
    .execute()
  if (!face) {
    await fail(tx, job, noFace)
    return 'failed'
  }
  const { embedding, embedding_model, quality_score } = faceColumns(face, analyzed.analysis.embedding_model)
  await tx
    .updateTable('celebrity_photos')
    .set({ embedding, embedding_model, quality_score })
    .where('id', '=', photo.id)
    .execute()
  await complete(tx, job)
  return 'completed'
}
