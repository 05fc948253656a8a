import type { SignedInContext } from '../access/procedure'
import { removePhotos } from '../access/remove-photos'
import { registerUpload, requirePhotoPath } from '../access/uploaded-photo'
import { SemblanceError } from '../model/errors'
import { deleteFace, insertFace, requirePerson } from './faces'

export interface NewFace {
  profile_id: string
  image_path: string
}

/**
 * Registers an uploaded photo as a person's face; its analysis is queued by that.
 * @throws SemblanceError NOT_FOUND (the person), BAD_REQUEST (the path), IMAGE_REJECTED, CONFLICT with `data.face_id`
 */
export async function addFace(
  context: SignedInContext,
  { profile_id, image_path }: NewFace,
): Promise<string> {
  requirePhotoPath(image_path, profile_id)
  await context.transaction((tx) => requirePerson(tx, profile_id))
  return registerUpload(context.images, {
    bucket: 'faces',
    path: image_path,
    insert: (image_hash) =>
      context.transaction((tx) => insertFace(tx, { profile_id, image_path, image_hash })),
    conflict: async (image_hash) => {
      const known = await context.transaction((tx) =>
        tx
          .selectFrom('faces')
          .select('id')
          .where('profile_id', '=', profile_id)
          .where('image_hash', '=', image_hash)
          .executeTakeFirst(),
      )
      return new SemblanceError('CONFLICT', 'This person has this photo already.', {
        face_id: known?.id ?? null,
      })
    },
    isInUse: async () => {
      const user = await context.database.asService((tx) =>
        tx.selectFrom('faces').select('id').where('image_path', '=', image_path).executeTakeFirst(),
      )
      return user !== undefined
    },
  })
}

/** A face with its photo, its jobs and all that was found by it. @throws SemblanceError NOT_FOUND */
export async function removeFace(context: SignedInContext, faceId: string): Promise<void> {
  const photo = await context.transaction((tx) => deleteFace(tx, faceId))
  await removePhotos(context, 'faces', photo)
}
