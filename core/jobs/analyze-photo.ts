import type { Database } from '../database/connect'
import { toVectorText } from '../database/tables'
import type { FacePool } from '../faces/pool'
import type { AnalyzedFace, ImageAnalysis } from '../model/face'
import type { ImageBucket, Images } from '../supabase/images'
import type { Failure } from './queue'

/** What a job works with. */
export interface JobParts {
  database: Database
  images: Images
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  signal: AbortSignal
}

/** How an attempt ended. `lost`: taken over, or its subject was deleted meanwhile; nothing was written then. */
export type Attempt = 'completed' | 'failed' | 'lost'

export interface AnalyzedPhoto {
  analysis: ImageAnalysis
  thumbnailPath: string | null
  /** Of the rendition; null where browsers show the photo itself. */
  viewPath: string | null
}

/** Fetches a photo, analyses it and puts what is made of it beside it: all that happens before the transaction. */
export async function analyzePhoto(
  parts: JobParts,
  bucket: ImageBucket,
  path: string,
): Promise<AnalyzedPhoto> {
  const bytes = await parts.images.download(bucket, path)
  const pool = await parts.faces()
  parts.signal.throwIfAborted()
  const analysis = await pool.analyze(bytes, { signal: parts.signal })
  const { thumbnail, rendition } = analysis
  const thumbnailPath = thumbnail ? parts.images.thumbnailPath(path) : null
  const viewPath = rendition ? parts.images.viewPath(path) : null
  if (thumbnail && thumbnailPath) await parts.images.upload(bucket, thumbnailPath, thumbnail, 'image/webp')
  if (rendition && viewPath) await parts.images.upload(bucket, viewPath, rendition, 'image/jpeg')
  return { analysis, thumbnailPath, viewPath }
}

/** What {@link analyzePhoto} put into Storage: nothing of it may stay where the photo was deleted meanwhile. */
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
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
