import type { Database } from '../database/connect'
import { toVectorText } from '../database/tables'
import { reachedBefore } from '../faces/face-messages'
import type { FacePool } from '../faces/pool'
import type { AnalyzedFace, ImageAnalysis } from '../model/face'
import type { ImageBucket, Images } from '../supabase/images'
import { type Checkpoint, photoFrom, type PhotoOfNow } from './checkpoints'
import type { ClaimedJob, Failure } from './queue'
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

export interface AnalyzedPhoto {
  analysis: ImageAnalysis
  thumbnailPath: string | null
  /** Of the rendition; null where browsers show the photo itself. */
  viewPath: string | null
}

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
async function analyzePhoto(
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

/** What {@link photoOf} put into Storage: nothing of it may stay where the photo was deleted meanwhile. */
export function madeOf({ thumbnailPath, viewPath }: AnalyzedPhoto): string[] {
  return [thumbnailPath, viewPath].filter((path) => path !== null)
}

/** What is known of a photo whatever it shows, as columns of `faces` and `celebrities`. */
export function photoColumns({ analysis, thumbnailPath, viewPath }: AnalyzedPhoto) {
  return {
    image_width: analysis.width,
    image_height: analysis.height,
    faces_found: analysis.faces.length,
    ...(thumbnailPath ? { thumbnail_path: thumbnailPath } : {}),
    ...(viewPath ? { view_path: viewPath } : {}),
  }
}

/** What is known of the face that is used, as columns; `gender` is left to the caller. */
export function faceColumns(face: AnalyzedFace, embeddingModel: string) {
  return {
    embedding: toVectorText(face.embedding),
    embedding_model: embeddingModel,
    age: face.age,
    quality_score: face.quality_score,
    blur_score: face.blur_score,
    illumination_score: face.illumination_score,
    quality_components: json(face.quality_components),
    symmetry_score: face.symmetry_score,
    landmarks_68: json(face.landmarks_68),
    pose: json(face.pose),
    geometry_ratios: json(face.geometry_ratios),
    skin_tone_lab: face.skin_tone_lab,
    expression: face.expression,
    expression_confidence: face.expression_confidence,
    emotion_scores: json(face.emotion_scores),
    detection_box: json(face.box),
  }
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

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
