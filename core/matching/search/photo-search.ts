import type { Context } from '../../access/context'
import { imageRejected, SemblanceError } from '../../model/errors'
import type { AnalyzedFace, FaceAttributes, ImageAnalysis } from '../../model/face'
import { faceAttributesSchema } from '../../model/face'
import type { PhotoSearch } from '../contract-search'
import { createTurns } from './turns'

/** A search by a photo that is stored nowhere: bytes in, numbers out, and nothing of either is kept or logged. */

/** Of this host. Two threads' worth of work, and no more bytes in memory than ten photos have. */
export const photoTurns = createTurns({ atOnce: 2, waiting: 8 })

export interface SearchedPhoto {
  analysis: ImageAnalysis
  face: AnalyzedFace
}

/**
 * What the models say of a photo, in the host's own pool beside the worker's photos.
 * @param index which face, the largest first
 * @throws SemblanceError IMAGE_REJECTED, UNAVAILABLE (see `FacePool`); BAD_REQUEST where there is no face of that index
 */
export async function analyzePhoto(
  { faces }: Pick<Context, 'faces'>,
  photo: Blob,
  { index, signal }: { index: number; signal?: AbortSignal | undefined },
): Promise<SearchedPhoto> {
  const pool = await faces()
  const analysis = await pool.analyze(new Uint8Array(await photo.arrayBuffer()), { signal })
  if (analysis.faces.length === 0) {
    throw imageRejected('no_face', 'No face was found in this photo. Use one that shows a face larger.')
  }
  const face = analysis.faces[index]
  if (face) return { analysis, face }
  throw new SemblanceError(
    'BAD_REQUEST',
    `This photo shows ${analysis.faces.length} ${analysis.faces.length === 1 ? 'face' : 'faces'}; there is no face ${index + 1}.`,
    { faces: analysis.faces.length },
  )
}

/** What the caller is told of the photo itself. */
export function viewPhoto(
  { analysis, face }: SearchedPhoto,
  index: number,
): Omit<PhotoSearch, 'people' | 'celebrities'> {
  return {
    image_width: analysis.width,
    image_height: analysis.height,
    embedding_model: analysis.embedding_model,
    faces: analysis.faces.map(({ box, detection_score, quality_score }) => ({
      ...{ box, detection_score, quality_score },
    })),
    face_index: index,
    face: faceAttributesSchema.parse(face) satisfies FaceAttributes,
  }
}
