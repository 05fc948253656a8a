import { oc } from '@orpc/contract'
import { z } from 'zod'
import { boxSchema, faceAttributesSchema } from '../model/face'
import { factorsSchema } from '../model/weights'
import { sideSchema } from './contract-list'

const found = { similarity_score: z.number(), factors: factorsSchema }

/** Who resembles a face most, best first; exact, by the weights of this moment, and stored nowhere. */
export const nearestSchema = z.object({
  /**
   * Other people's default photos of the same embedding model, whoever they are: school, gender, quality, age, blocks and
   * removals are not looked at. The same person is left out.
   */
  people: z.array(
    sideSchema.extend({
      ...found,
      /** The match of the two, where there is one. */
      match_id: z.uuid().nullable(),
    }),
  ),
  celebrities: z.array(
    z.object({
      ...found,
      celebrity_id: z.uuid(),
      name: z.string(),
      category: z.string().nullable(),
      thumbnail_url: z.string().nullable(),
      /** The lookalike of the two, where there is one. */
      lookalike_id: z.uuid().nullable(),
    }),
  ),
})
export type Nearest = z.infer<typeof nearestSchema>

const limit = z.number().int().min(1).max(50).default(12)

/** A photo that is searched by has at most so many bytes. */
export const mostPhotoBytes = 32 * 1024 * 1024

export const photoSearchSchema = nearestSchema.extend({
  image_width: z.number().int(),
  image_height: z.number().int(),
  embedding_model: z.string(),
  /** All faces of the photo, the largest first, to pick another by its place. */
  faces: z.array(
    z.object({
      box: boxSchema,
      /** 0..1 */
      detection_score: z.number(),
      quality_score: z.number().nullable(),
    }),
  ),
  /** The place in `faces` of the one that was searched by. */
  face_index: z.number().int(),
  /** What the analysis says of it. */
  face: faceAttributesSchema,
})
export type PhotoSearch = z.infer<typeof photoSearchSchema>

export const matchSearchContract = {
  /**
   * Staff. By a stored face. NOT_FOUND where the face is gone, CONFLICT where it is not analysed yet. At 100,000 people
   * it takes a good part of a second: ask once for what is looked at.
   */
  nearest: oc
    .input(z.union([z.object({ face_id: z.uuid(), limit }), z.object({ celebrity_id: z.uuid(), limit })]))
    .output(nearestSchema),
  /**
   * Staff. By a photo that is stored nowhere: neither as a row nor as a file nor in a log. `photo` is a Blob or File of at
   * most 32 MiB, of any kind that can be uploaded. People's own limits hold: at most two searches run at once and eight
   * wait, and one person has one at a time (UNAVAILABLE beyond: try again in a moment). IMAGE_REJECTED with `data.reason`
   * where the photo can't be used or shows no face; BAD_REQUEST where there is no face of that index; UNAVAILABLE while
   * the models are not set up. `people[].match_id` and `celebrities[].lookalike_id` are null.
   */
  searchByPhoto: oc
    .input(
      z.object({
        photo: z
          .instanceof(Blob)
          .refine((blob) => blob.size <= mostPhotoBytes, 'The photo is larger than 32 MiB.'),
        /** Which face, as listed in `faces` of a first answer. */
        face_index: z.number().int().min(0).max(1000).default(0),
        limit,
      }),
    )
    .output(photoSearchSchema),
}
