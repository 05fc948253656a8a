import { toVectorText } from '../database/tables'
import type { AnalyzedFace, Box, FaceAttributes } from '../model/face'
import { attributeColumns } from './attributes'

/** A photo that was analysed, with what was made of it in Storage. */
export interface PhotoFacts {
  /** Pixels, upright; the faces in it. */
  analysis: { width: number; height: number; faces: { length: number } }
  thumbnailPath: string | null
  /** Of the rendition; null where browsers show the photo itself. */
  viewPath: string | null
}

/** The columns of `celebrities` that an analysis writes, but for the embedding and its model (and in SQL: 0030). */
export const analysisColumns = [
  ...attributeColumns,
  'detection_box',
  'image_width',
  'image_height',
  'faces_found',
  'analyzed_at',
] as const

/** What is known of a photo whatever it shows, as columns of `faces` and `celebrities`. */
export function photoColumns({ analysis, thumbnailPath, viewPath }: PhotoFacts) {
  return {
    image_width: analysis.width,
    image_height: analysis.height,
    faces_found: analysis.faces.length,
    ...(thumbnailPath ? { thumbnail_path: thumbnailPath } : {}),
    ...(viewPath ? { view_path: viewPath } : {}),
  }
}

/** What is known of the face that is used, by the names of columns; `gender` is left to the caller. */
export function faceFacts(face: FaceAttributes & { box: Box }) {
  return {
    age: face.age,
    quality_score: face.quality_score,
    blur_score: face.blur_score,
    illumination_score: face.illumination_score,
    quality_components: face.quality_components,
    symmetry_score: face.symmetry_score,
    landmarks_68: face.landmarks_68,
    pose: face.pose,
    geometry_ratios: face.geometry_ratios,
    skin_tone_lab: face.skin_tone_lab,
    expression: face.expression,
    expression_confidence: face.expression_confidence,
    emotion_scores: face.emotion_scores,
    detection_box: face.box,
  }
}

/** The same as values of columns, with the embedding. */
export function faceColumns(face: AnalyzedFace, embeddingModel: string) {
  const facts = faceFacts(face)
  return {
    ...facts,
    embedding: toVectorText(face.embedding),
    embedding_model: embeddingModel,
    quality_components: json(facts.quality_components),
    landmarks_68: json(facts.landmarks_68),
    pose: json(facts.pose),
    geometry_ratios: json(facts.geometry_ratios),
    emotion_scores: json(facts.emotion_scores),
    detection_box: json(facts.detection_box),
  }
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
