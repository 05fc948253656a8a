import type { SignedInContext } from '../access/procedure'
import { registerUpload, requirePhotoPath } from '../access/uploaded-photo'
import { SemblanceError } from '../model/errors'
import { insertCelebrity, type NewCelebrity } from './catalogue'

/**
 * Registers an uploaded photo as a new celebrity; its analysis is queued by that.
 * @throws SemblanceError BAD_REQUEST (the path), IMAGE_REJECTED, CONFLICT with `data.celebrity_id`
 */
export async function addCelebrity(
  context: SignedInContext,
  input: Omit<NewCelebrity, 'image_hash'>,
): Promise<string> {
  requirePhotoPath(input.image_path)
  return registerUpload(context.images, {
    bucket: 'celebrity-images',
    path: input.image_path,
    insert: (image_hash) => context.transaction((tx) => insertCelebrity(tx, { ...input, image_hash })),
    conflict: async (image_hash) => {
      const known = await context.transaction((tx) =>
        tx
          .selectFrom('celebrities')
          .select(['id', 'name'])
          .where('image_hash', '=', image_hash)
          .executeTakeFirst(),
      )
      const whose = known ? `It is the photo of ${known.name}.` : 'It belongs to another celebrity.'
      return new SemblanceError('CONFLICT', `This photo is known already. ${whose}`, {
        celebrity_id: known?.id ?? null,
      })
    },
    isInUse: async () => {
      const user = await context.database.asService((tx) =>
        tx
          .selectFrom('celebrities')
          .select('id')
          .where('image_path', '=', input.image_path)
          .executeTakeFirst(),
      )
      return user !== undefined
    },
  })
}
