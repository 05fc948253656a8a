import { toVectorText } from '../database/tables'
import type { AnalyzedFace, ImageAnalysis } from '../model/face'

/** A photo as it was analysed, with what was made of it in Storage. */
export interface AnalyzedPhoto {
  analysis: ImageAnalysis
  thumbnailPath: string | null
  /** Of the rendition; null where browsers show the photo itself. */
  viewPath: string | null
}

/** What was put into Storage: nothing of it may stay where the photo was deleted meanwhile. */
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

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
