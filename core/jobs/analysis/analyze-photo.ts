import type { Database } from '../../database/connect'
import { reachedBefore } from '../../faces/pool/face-messages'
import type { FacePool } from '../../faces/pool/pool'
import type { ImageAnalysis } from '../../model/face'
import type { ImageBucket, Images } from '../../supabase/images'
import type { AnalyzedPhoto } from './analyzed-photo'
import { type Checkpoint, photoFrom, type PhotoOfNow } from './checkpoints'
import type { ClaimedJob, Failure } from '../queue/queue'
import { stageOfFailure, stageTimes } from './stage-times'

/** What a job works with. */
export interface JobParts {
  database: Database
  images: Images
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  /** The space that these models' embeddings live in; null while they are not set up. */
  embeddingModel: () => string | null
  signal: AbortSignal
  /** What the attempt has found out so far: kept for the next one where this one breaks off. */
  progress: Progress
}

export interface Progress {
  /** Analysed, and what was made of it lies in Storage. */
  photo?: { imagePath: string; analyzed: AnalyzedPhoto; /** In the checkpoint. */ isKept: boolean }
  /** There is a checkpoint of an earlier attempt. */
  hasCheckpoint?: boolean
}

/** How an attempt ended. `lost`: taken over, or its subject was deleted meanwhile; nothing was written then. */
export type Attempt = 'completed' | 'failed' | 'lost'

/** Whose photo it is: a row of `faces` or `celebrities`. */
export interface Subject extends PhotoOfNow {
  isAnalyzed: boolean
  embedding_model: string | null
}

/**
 * The photo as it is analysed: by an earlier attempt that broke off afterwards, or now. Null where a person wants it
 * searched or written again and the row itself says all that is needed.
 */
export async function photoOf(
  job: ClaimedJob,
  parts: JobParts,
  bucket: ImageBucket,
  { subject, checkpoint }: { subject: Subject; checkpoint: Checkpoint | null },
): Promise<AnalyzedPhoto | null> {
  const embeddingModel = parts.embeddingModel()
  parts.progress.hasCheckpoint = checkpoint !== null
  const known = photoFrom(checkpoint, { job, now: subject, embeddingModel })
  if (known) {
    job.notes?.say('info', 'What an earlier attempt found out is used; the photo is not analysed again.')
    parts.progress.photo = { imagePath: subject.image_path, analyzed: known, isKept: true }
    return known
  }
  const wantsSearch = job.startStage === 'search' || job.startStage === 'write'
  if (wantsSearch && subject.isAnalyzed && subject.embedding_model === embeddingModel) {
    job.notes?.say('info', 'The photo is analysed already: only the search starts anew.')
    return null
  }
  const analyzed = await analyzePhoto(job, parts, bucket, subject.image_path)
  parts.progress.photo = { imagePath: subject.image_path, analyzed, isKept: false }
  return analyzed
}

/** Fetches a photo, analyses it and puts what is made of it beside it: all that happens before the transaction. */
export async function analyzePhoto(
  { notes }: ClaimedJob,
  parts: JobParts,
  bucket: ImageBucket,
  path: string,
): Promise<AnalyzedPhoto> {
  notes?.enter('fetch')
  const bytes = await parts.images.download(bucket, path)
  const pool = await parts.faces()
  parts.signal.throwIfAborted()
  notes?.enter('decode')
  const analysis = await pool.analyze(bytes, { signal: parts.signal }).catch((error: unknown) => {
    notes?.took(stageTimes(reachedBefore(error)?.timings ?? {}))
    notes?.brokeOffIn(stageOfFailure(error))
    throw error
  })
  notes?.took(stageTimes(analysis.timings))
  notes?.say('info', describe(analysis, bytes.length))
  notes?.enter('write')
  const { thumbnail, rendition } = analysis
  const thumbnailPath = thumbnail ? parts.images.thumbnailPath(path) : null
  const viewPath = rendition ? parts.images.viewPath(path) : null
  if (thumbnail && thumbnailPath) await parts.images.upload(bucket, thumbnailPath, thumbnail, 'image/webp')
  if (rendition && viewPath) await parts.images.upload(bucket, viewPath, rendition, 'image/jpeg')
  return { analysis, thumbnailPath, viewPath }
}

function describe({ width, height, faces }: ImageAnalysis, bytes: number): string {
  const found = faces.length === 1 ? 'one face' : `${faces.length || 'no'} faces`
  return `${width} × ${height} pixels of ${Math.ceil(bytes / 1024)} KiB show ${found}.`
}

/** The same photo shows no face the next time either. */
export const noFace: Failure = {
  code: 'no_face',
  message:
    'No face was found in the photo. Choose one that shows the face from the front, large and well lit.',
  permanent: true,
  delaySeconds: 0,
  stage: 'detect',
}
