import { sql, type Transaction } from 'kysely'
import type { SignedInContext } from '../access/procedure'
import { registerUpload, requirePhotoPath } from '../access/uploaded-photo'
import type { Tables } from '../database/tables'
import { insertCelebrity, type NewCelebrity } from './catalogue'
import { holderOf, lockPhoto } from './curation/holders'
import { photoTaken } from './curation/swap-photo'

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
    insert: (image_hash) =>
      context.transaction(async (tx) => {
        await lockPhoto(tx, image_hash)
        const holder = await holderOf(tx, { imageHash: image_hash })
        if (holder) throw photoTaken(holder)
        const id = await insertCelebrity(tx, { ...input, image_hash })
        await noteAdded(tx, { id, by: context.caller.id })
        return id
      }),
    conflict: async (image_hash) =>
      photoTaken(await context.transaction((tx) => holderOf(tx, { imageHash: image_hash }))),
    isInUse: () =>
      context.transaction(async (tx) => (await holderOf(tx, { path: input.image_path })) !== undefined),
  })
}

/** What was said of them: an undo takes them away as long as all of it stands. Their photo goes then, too. */
async function noteAdded(tx: Transaction<Tables>, { id, by }: { id: string; by: string }): Promise<void> {
  await sql`
    insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by, before, after, image_paths)
    select gen_random_uuid(), c.id, 'add', ${by}::uuid, '{}', jsonb_strip_nulls(jsonb_build_object(
        'name', c.name, 'bio', c.bio, 'category', c.category, 'gender', c.gender, 'image_path', c.image_path
      )), array[c.image_path]
    from public.celebrities as c where c.id = ${id}::uuid`.execute(tx)
}
