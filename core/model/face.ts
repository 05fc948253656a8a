import { z } from 'zod'
import { qualityComponentsSchema, type QualityComponents } from './quality'

/**
 * What an analysis says of a face. Fields carry the names of the columns of `faces` and `celebrities`, so that one
 * shape goes from the models to the database, the command line and the screen.
 */

export const embeddingLength = 512
export const landmarkCount = 68

export const expressions = ['neutral', 'happy', 'sad', 'angry', 'fear', 'disgust', 'surprise'] as const
export const expressionSchema = z.enum(expressions)
export type Expression = z.infer<typeof expressionSchema>

export const genders = ['female', 'male'] as const
export const detectedGenderSchema = z.enum(genders)
export type DetectedGender = z.infer<typeof detectedGenderSchema>

/** Geometry ratios: scale- and roll-invariant quotients of distances between landmarks, in this order in vectors. */
export const geometryRatioNames = [
  'face_width_height_ratio',
  'eye_spacing',
  'eye_width',
  'eye_height',
  'eyebrow_height',
  'nose_length',
  'nose_width',
  'mouth_width',
  'lip_height',
  'chin_height',
  'jaw_width',
  'upper_face_height',
] as const
export type GeometryRatioName = (typeof geometryRatioNames)[number]
export type GeometryRatios = Record<GeometryRatioName, number>

/** Pixels of the upright original (after EXIF orientation). */
export const boxSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
export type Box = z.infer<typeof boxSchema>

/** Degrees. Yaw + towards the image's left, pitch + up, roll + clockwise. */
export const poseSchema = z.object({ yaw: z.number(), pitch: z.number(), roll: z.number() })
export type Pose = z.infer<typeof poseSchema>

const unit = z.number().min(0).max(1)

/** The columns that an analysis writes, without the embedding. Null means that it could not be determined. */
export const faceAttributesSchema = z.object({
  age: z.number().int().nullable(),
  gender: detectedGenderSchema.nullable(),
  quality_score: unit.nullable(),
  blur_score: unit.nullable(),
  illumination_score: unit.nullable(),
  /** 0..100 each. */
  quality_components: qualityComponentsSchema.nullable(),
  /** 68 points, pixels of the upright original. */
  landmarks_68: z
    .array(z.tuple([z.number(), z.number()]))
    .length(landmarkCount)
    .nullable(),
  pose: poseSchema.nullable(),
  geometry_ratios: z.record(z.string(), z.number()).nullable(),
  symmetry_score: unit.nullable(),
  /** CIELAB (D65), L in [0, 100]; null where the photo is grey. */
  skin_tone_lab: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  expression: expressionSchema.nullable(),
  expression_confidence: unit.nullable(),
  /** Sums to 1. */
  emotion_scores: z.record(expressionSchema, unit).nullable(),
})
export type FaceAttributes = z.infer<typeof faceAttributesSchema>

/** What an analysis says of the photo, beside its face. Null before it. */
export const photoFactsSchema = z.object({
  image_width: z.number().int().nullable(),
  image_height: z.number().int().nullable(),
  detection_box: boxSchema.nullable(),
  /** How many faces the photo shows; the largest is used. */
  faces_found: z.number().int().nullable(),
  embedding_model: z.string().nullable(),
  analyzed_at: z.date().nullable(),
})

/** One face as found in an image. */
export interface AnalyzedFace extends FaceAttributes {
  quality_components: QualityComponents
  box: Box
  /** 0..1 */
  detection_score: number
  /** 512 numbers of unit length. */
  embedding: number[]
}

/** An image as analysed. Faces by size, largest first; an image without a face has none. */
export interface ImageAnalysis {
  /** Size in pixels after EXIF orientation. */
  width: number
  height: number
  /** MD5 of the file's bytes, 32 hex digits: `image_hash`. */
  image_hash: string
  faces: AnalyzedFace[]
  /** Names the space that the embeddings live in: pack/recogniser sha (12 digits)/alignment version. */
  embedding_model: string
  /** Face-centred square WebP of 256 px for lists: the largest face, or the whole image where there is none. */
  thumbnail?: Uint8Array
  /** JPEG of the whole photo, upright, at most 2048 px long, where browsers can't show the photo itself. */
  rendition?: Uint8Array
  /** The whole picture as 32×32 greys 0..255, row by row: only where it was asked for. */
  grey_picture?: Float32Array
  /** Milliseconds a stage. */
  timings: Record<string, number>
}
