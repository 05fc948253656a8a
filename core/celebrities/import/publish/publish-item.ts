import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { faceFacts, photoColumns } from '../../../access/face-columns'
import { pathsOf } from '../../../access/remove-photos'
import { sniffFormat } from '../../../faces/images/sniff'
import { withoutMetadata } from '../../../model/photo-metadata/without-metadata'
import type { Images } from '../../../supabase/images'
import { renditionOf, thumbnailOf } from '../analysis/analyze-file'
import { thumbnailOfFace } from './face-thumbnail'
import type { ImportDoor } from './publish-door'
import type { ItemResult, PublishItem, WholeItem } from './publish-items'
import { refusalOf } from '../source/source-errors'

const bucket = 'celebrity-images'

export interface PublishTools {
  importId: string
  door: ImportDoor
  images: Images
  /** The import's own folder. */
  folder: string
  read: (item: PublishItem) => Promise<Uint8Array>
}

/**
 * Publishes one file: its bytes go to Storage, then one transaction writes what it becomes. What can't be published as
 * planned leaves nothing in Storage.
 * @throws whatever is wrong with anything but the file itself: Storage or the database is away, no room, no right
 */
export async function publishItem(tools: PublishTools, item: WholeItem): Promise<ItemResult> {
  const { importId, door } = tools
  const bytes = await bytesOf(tools, item)
  if (typeof bytes === 'string') return drop(tools, item, bytes)
  const photo = JSON.stringify({ ...(await storePictures(tools, item, bytes)), ...columnsOf(item) })
  const changed = await door(async (tx) => {
    const { rows } = await sql<{ changed: string | null }>`
      select private.publish_import_item(
        ${importId}::uuid, ${item.id}::bigint, ${photo}::jsonb, ${item.seen}::timestamptz, ${item.known_names}::uuid[]
      ) as changed`.execute(tx)
    return rows[0]?.changed ?? null
  }).catch(async (error: unknown) => {
    await removeIfUndone(tools, item)
    throw error
  })
  return changed === null
    ? { id: item.id, celebrity: item.celebrity_id, changed }
    : drop(tools, item, changed)
}

/** The bytes that were analysed, without what they say besides the picture; or why they are not to be had, for a person. */
async function bytesOf({ read }: PublishTools, item: PublishItem): Promise<Uint8Array | string> {
  try {
    const source = await read(item)
    const bytes = withoutMetadata(source)
    // What was analysed before metadata was taken out has the hash of all of the file.
    const isSame = [bytes, source].some((one) => md5(one) === item.image_hash)
    return isSame ? bytes : 'The file is another one than was looked at.'
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return refusal.reason
  }
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** Where the import was undone while the files were on their way, nobody else knows of them any more. */
async function removeIfUndone({ importId, door, images }: PublishTools, item: PublishItem): Promise<void> {
  const row = await door((tx) =>
    tx
      .selectFrom('celebrity_import_items')
      .select('undone_at')
      .where('import_id', '=', importId)
      .where('item', '=', item.id)
      .executeTakeFirst(),
  ).catch(() => undefined)
  if (row?.undone_at) await images.remove(bucket, filesOf(images, item))
}

const filesOf = (images: Images, { image_path }: PublishItem) =>
  pathsOf(images, { image_path, thumbnail_path: null, view_path: null })

async function drop({ importId, door, images }: PublishTools, item: PublishItem, changed: string) {
  // The files first: as long as the row stands somebody knows of them.
  await images.remove(bucket, filesOf(images, item))
  await door((tx) => sql`select private.drop_import_item(${importId}::uuid, ${item.id}::bigint)`.execute(tx))
  return { id: item.id, celebrity: null, changed }
}

/** Puts the photo and what was made of it into Storage; gives the columns that name them. */
async function storePictures({ images, folder }: PublishTools, item: PublishItem, bytes: Uint8Array) {
  const path = item.image_path
  const view = await orNull(readFile(renditionOf(folder, item.id)))
  const thumbnail =
    item.face_index === 0
      ? await orNull(readFile(thumbnailOf(folder, item.id)))
      : await thumbnailOfFace(view ?? bytes, item)
  const thumbnailPath = thumbnail && images.thumbnailPath(path)
  const viewPath = view && images.viewPath(path)
  await Promise.all([
    images.upload(bucket, path, bytes, `image/${sniffFormat(bytes) ?? 'jpeg'}`),
    thumbnail && thumbnailPath && images.upload(bucket, thumbnailPath, thumbnail, 'image/webp'),
    view && viewPath && images.upload(bucket, viewPath, view, 'image/jpeg'),
  ])
  const analysis = { width: item.width, height: item.height, faces: { length: item.faces } }
  return { image_path: path, ...photoColumns({ analysis, thumbnailPath, viewPath }) }
}

function columnsOf(item: PublishItem) {
  const { name, name_original, bio, category, licence, source, image_hash, perceptual_hash } = item
  return {
    ...faceFacts({ ...item.attributes, box: item.box }),
    ...{ name, name_original, bio, category, licence, source, image_hash, perceptual_hash },
    gender: item.gender ?? item.attributes.gender,
    embedding: item.embedding,
    embedding_model: item.embedding_model,
  }
}

/** Null where there is no such file. */
async function orNull(read: Promise<Buffer>): Promise<Buffer | null> {
  try {
    return await read
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null
    throw error
  }
}
