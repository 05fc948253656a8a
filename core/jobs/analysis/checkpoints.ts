import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { ImageAnalysis } from '../../model/face'
import { analysisStages } from '../../model/job-stages'
import type { AnalyzedPhoto } from './analyzed-photo'
import { type ClaimedJob, queues } from '../queue/kinds'

/**
 * What an attempt found out is kept where its search or its writing broke off, so that the next one starts there. A
 * checkpoint is of use only for the very photo, and in the very space that faces are searched in.
 */

type Tx = Transaction<Tables>

export interface Checkpoint {
  image_path: string
  image_hash: string
  embedding_model: string
  thumbnail_path: string | null
  view_path: string | null
  analysis: ImageAnalysis
}

/** What is known of the subject's photo now. */
export interface PhotoOfNow {
  image_path: string
  /** Null where whoever added it did not say. */
  image_hash: string | null
}

export async function readCheckpoint(tx: Tx, job: ClaimedJob): Promise<Checkpoint | null> {
  const { rows } = await sql<Checkpoint>`
    select image_path, image_hash, embedding_model, thumbnail_path, view_path, analysis
    from public.job_checkpoints
    where ${queues[job.kind].key} = ${job.id}`.execute(tx)
  return rows[0] ?? null
}

/** The photo as it was analysed before; null where that is of no use. */
export function photoFrom(
  checkpoint: Checkpoint | null,
  { job, now, embeddingModel }: { job: ClaimedJob; now: PhotoOfNow; embeddingModel: string | null },
): AnalyzedPhoto | null {
  if (!checkpoint || (job.startStage !== null && analysisStages.includes(job.startStage))) return null
  const { image_path, image_hash, embedding_model, analysis } = checkpoint
  const isSame = image_path === now.image_path && (now.image_hash ?? image_hash) === image_hash
  if (!isSame || embedding_model !== embeddingModel) return null
  return { analysis, thumbnailPath: checkpoint.thumbnail_path, viewPath: checkpoint.view_path }
}

export async function saveCheckpoint(
  tx: Tx,
  job: ClaimedJob,
  imagePath: string,
  { analysis, thumbnailPath, viewPath }: AnalyzedPhoto,
): Promise<void> {
  const { thumbnail: _, rendition: __, ...kept } = analysis
  const { key } = queues[job.kind]
  await sql`
    insert into public.job_checkpoints (${key}, image_path, image_hash, embedding_model, thumbnail_path, view_path, analysis)
    values (${job.id}, ${imagePath}, ${analysis.image_hash}, ${analysis.embedding_model}, ${thumbnailPath}, ${viewPath},
      ${JSON.stringify(kept)}::text::jsonb)
    on conflict (${key}) do update set
      image_path = excluded.image_path, image_hash = excluded.image_hash, embedding_model = excluded.embedding_model,
      thumbnail_path = excluded.thumbnail_path, view_path = excluded.view_path, analysis = excluded.analysis,
      created_at = now()`.execute(tx)
}

export async function dropCheckpoint(tx: Tx, job: ClaimedJob): Promise<void> {
  await sql`delete from public.job_checkpoints where ${queues[job.kind].key} = ${job.id}`.execute(tx)
}
