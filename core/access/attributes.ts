import { boxSchema, faceAttributesSchema, type Box, type FaceAttributes } from '../model/face'

type Attribute = keyof FaceAttributes

/** The columns of `faces` and `celebrities` that {@link readAttributes} reads. */
export const attributeColumns = [
  'age',
  'gender',
  'quality_score',
  'blur_score',
  'illumination_score',
  'quality_components',
  'landmarks_68',
  'pose',
  'geometry_ratios',
  'symmetry_score',
  'skin_tone_lab',
  'expression',
  'expression_confidence',
  'emotion_scores',
] as const satisfies readonly Attribute[]

/** The columns that a photo is shown by: its files, its size, where the face is. */
export const shownPhotoColumns = [
  'image_path',
  'thumbnail_path',
  'view_path',
  'image_width',
  'image_height',
  'detection_box',
] as const

/** A row's attributes. Other clients write these columns too: what does not fit our schema counts as not known. */
export function readAttributes(row: Record<Attribute, unknown>): FaceAttributes {
  const read = attributeColumns.map((name) => [
    name,
    faceAttributesSchema.shape[name].safeParse(row[name]).data ?? null,
  ])
  return Object.fromEntries(read) as FaceAttributes
}

export function readBox(value: unknown): Box | null {
  return boxSchema.nullable().safeParse(value).data ?? null
}
