import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { isUniqueViolation } from '../../access/failures'
import { registerUpload, requirePhotoPath } from '../../access/uploaded-photo'
import type { SignedInContext } from '../../access/procedure'
import { SemblanceError } from '../../model/errors'
import { analysisColumns } from '../../access/face-columns'
import { celebrityGone } from '../catalogue'
import type { ChangeGroup } from '../contract-curation'
import { lockCelebrities, type Curator, type Tx } from './changes'
import { holderOf, lockPhoto } from './holders'
import { queueForNewPhoto } from './queue-analysis'
import { purgeAt } from './trash'

/** Which photo a celebrity is known by. The one that was is kept, as a further photo; an undo changes the two back. */

/** The columns of `celebrities` that belong to its photo. */
export const currentPhotoColumns = [
  ...['image_path', 'image_hash', 'perceptual_hash', 'thumbnail_path', 'view_path'],
  ...['licence', 'source', 'import_id', 'embedding', 'embedding_model'],
  // The gender is what a curator has said of the person.
  ...analysisColumns.filter((name) => name !== 'gender'),
] as const

/** Some keys of a row as JSON. */
const pick = (row: RawBuilder<unknown>, keys: readonly string[]) => sql`(
  select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(to_jsonb(${row})) as e
  where e.key = any (${keys}::text[]))`

/** Makes a further photo the current one. @throws SemblanceError NOT_FOUND; CONFLICT where another has that photo */
export async function choosePhoto(
  { caller, transaction }: Curator,
  { id, photo_id: photoId }: { id: string; photo_id: string },
): Promise<ChangeGroup> {
  return transaction(async (tx) => {
    await requireCelebrity(tx, id)
    const photo = await requirePhoto(tx, id, photoId)
    const former = randomUUID()
    const group = await noteSwap(tx, { id, by: caller.id, former, photo: { ...photo, id: photoId } })
    await demoteCurrent(tx, id, former)
    await promote(tx, id, photoId)
    await queueForNewPhoto(tx, id)
    return group
  }).catch((error: unknown) => asConflict(transaction, error, { photoId }))
}

/**
 * Puts an uploaded photo in the place of the current one.
 * @throws SemblanceError BAD_REQUEST (the path), IMAGE_REJECTED, NOT_FOUND, CONFLICT with `data.celebrity_id`
 */
export async function replacePhoto(
  context: SignedInContext,
  input: { id: string; image_path: string; licence?: string | undefined; source?: string | undefined },
): Promise<ChangeGroup> {
  requirePhotoPath(input.image_path)
  let group: ChangeGroup | undefined
  await registerUpload(context.images, {
    bucket: 'celebrity-images',
    path: input.image_path,
    insert: async (imageHash) => {
      group = await context.transaction((tx) =>
        putInPlace(tx, { ...input, imageHash, by: context.caller.id }),
      )
      return input.id
    },
    conflict: async (imageHash) => photoTaken(await context.transaction((tx) => holderOf(tx, { imageHash }))),
    isInUse: () =>
      context.transaction(async (tx) => (await holderOf(tx, { path: input.image_path })) !== undefined),
  })
  if (!group) throw new Error('A photo was registered without a change.')
  return group
}

async function putInPlace(
  tx: Tx,
  input: {
    id: string
    image_path: string
    licence?: string | undefined
    source?: string | undefined
    imageHash: string
    by: string
  },
): Promise<ChangeGroup> {
  const { id, imageHash } = input
  await requireCelebrity(tx, id)
  await lockPhoto(tx, imageHash)
  const holder = await holderOf(tx, { imageHash })
  if (holder) throw photoTaken(holder)
  const former = randomUUID()
  const photo = { image_path: input.image_path, licence: input.licence || null, source: input.source || null }
  const group = await noteSwap(tx, { id, by: input.by, former, photo, files: [input.image_path] })
  await demoteCurrent(tx, id, former)
  const written = ['image_path', 'image_hash', 'licence', 'source']
  const emptied = currentPhotoColumns.filter((column) => !written.includes(column))
  await sql`
    update public.celebrities
    set image_path = ${photo.image_path}, image_hash = ${imageHash}, licence = ${photo.licence},
      source = ${photo.source}, ${sql.join(emptied.map((column) => sql`${sql.ref(column)} = null`))}
    where id = ${id}::uuid`.execute(tx)
  await queueForNewPhoto(tx, id)
  return group
}

/** Takes a further photo away; its files go once it can't come back. @throws SemblanceError NOT_FOUND */
export async function removeFurtherPhoto(
  { caller, transaction }: Curator,
  { id, photo_id: photoId }: { id: string; photo_id: string },
): Promise<ChangeGroup> {
  return transaction(async (tx) => {
    await requireCelebrity(tx, id)
    await requirePhoto(tx, id, photoId)
    const groupId = randomUUID()
    await sql`
      insert into public.celebrity_changes (
        group_id, celebrity_id, kind, changed_by, before, after, image_paths, purge_at
      )
      select ${groupId}::uuid, p.celebrity_id, 'remove_photo', ${caller.id}::uuid,
        jsonb_build_object('celebrity_photos', jsonb_build_array(to_jsonb(p))), '{}',
        array_remove(array[p.image_path, p.thumbnail_path, p.view_path], null), ${purgeAt}
      from public.celebrity_photos as p where p.id = ${photoId}::uuid`.execute(tx)
    await tx.deleteFrom('celebrity_photos').where('id', '=', photoId).execute()
    return { group_id: groupId, changed: 1, skipped: [] }
  })
}

async function requireCelebrity(tx: Tx, id: string): Promise<void> {
  if (!(await lockCelebrities(tx, [id])).has(id)) throw celebrityGone()
}

async function requirePhoto(tx: Tx, celebrityId: string, photoId: string) {
  const photo = await tx
    .selectFrom('celebrity_photos')
    .select(['image_path', 'licence', 'source'])
    .where('id', '=', photoId)
    .where('celebrity_id', '=', celebrityId)
    .forUpdate()
    .executeTakeFirst()
  if (!photo) throw new SemblanceError('NOT_FOUND', 'This photo is not among theirs any more.')
  return photo
}

interface Swap {
  id: string
  by: string
  /** The id that the current photo gets among the further ones. */
  former: string
  photo: { id?: string; image_path: string; licence: string | null; source: string | null }
  /** Files that go where this is undone. */
  files?: string[]
}

async function noteSwap(tx: Tx, { id, by, former, photo, files = [] }: Swap): Promise<ChangeGroup> {
  const groupId = randomUUID()
  const { id: promoted = null, ...written } = photo
  const after = JSON.stringify({ ...written, photo_id: former })
  await sql`
    insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by, before, after, image_paths)
    select ${groupId}::uuid, c.id, 'replace_photo', ${by}::uuid, jsonb_build_object(
        'celebrities', jsonb_build_array(${pick(sql`c`, currentPhotoColumns)}),
        'celebrity_photos', (
          select coalesce(jsonb_agg(to_jsonb(p)), '[]') from public.celebrity_photos as p
          where p.id = ${promoted}::uuid
        )
      ), ${after}::jsonb, ${files}::text[]
    from public.celebrities as c where c.id = ${id}::uuid`.execute(tx)
  return { group_id: groupId, changed: 1, skipped: [] }
}

/** Writes the current photo among the further ones; the celebrity still has it, too. */
async function demoteCurrent(tx: Tx, id: string, former: string): Promise<void> {
  await sql`
    insert into public.celebrity_photos (
      id, celebrity_id, image_path, image_hash, perceptual_hash, thumbnail_path, view_path, analysis, quality_score,
      embedding, embedding_model, licence, source, import_id
    )
    select ${former}::uuid, c.id, c.image_path, c.image_hash, c.perceptual_hash, c.thumbnail_path, c.view_path,
      ${pick(sql`c`, analysisColumns)}, c.quality_score, c.embedding, c.embedding_model,
      c.licence, c.source, c.import_id
    from public.celebrities as c where c.id = ${id}::uuid`.execute(tx)
}

/** Moves a further photo into the celebrity's row. What a curator has said of the person stays. */
async function promote(tx: Tx, id: string, photoId: string): Promise<void> {
  const own = ['gender', 'quality_score', 'analyzed_at']
  const analysed = analysisColumns.filter((column) => !own.includes(column))
  await sql`
    with p as (delete from public.celebrity_photos where id = ${photoId}::uuid returning *)
    update public.celebrities as c
    set image_path = p.image_path, image_hash = p.image_hash, perceptual_hash = p.perceptual_hash,
      thumbnail_path = p.thumbnail_path, view_path = p.view_path, licence = p.licence, source = p.source,
      import_id = p.import_id, embedding = p.embedding, embedding_model = p.embedding_model,
      quality_score = coalesce(p.quality_score, a.quality_score),
      analyzed_at = case when p.embedding is not null then coalesce(a.analyzed_at, p.created_at) end,
      ${sql.join(analysed.map((column) => sql`${sql.ref(column)} = ${sql.ref(`a.${column}`)}`))}
    from p cross join lateral jsonb_populate_record(null::public.celebrities, p.analysis) as a
    where c.id = ${id}::uuid`.execute(tx)
}

async function asConflict(
  transaction: Curator['transaction'],
  error: unknown,
  { photoId }: { photoId: string },
): Promise<never> {
  if (!isUniqueViolation(error)) throw error
  const holder = await transaction(async (tx) => {
    const photo = await tx
      .selectFrom('celebrity_photos')
      .select('image_hash')
      .where('id', '=', photoId)
      .executeTakeFirst()
    return photo?.image_hash ? holderOf(tx, { imageHash: photo.image_hash, but: photoId }) : undefined
  })
  throw photoTaken(holder)
}

/** The error for a photo that somebody has already. */
export function photoTaken(holder: { id: string; name: string } | undefined): SemblanceError {
  const whose = holder ? `It is a photo of ${holder.name}.` : 'It belongs to another celebrity.'
  return new SemblanceError('CONFLICT', `This photo is known already. ${whose}`, {
    celebrity_id: holder?.id ?? null,
  })
}
