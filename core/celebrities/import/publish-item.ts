import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import sharp from 'sharp'
import { faceFacts, photoColumns } from '../../access/face-columns'
import { pathsOf } from '../../access/remove-photos'
import { sniffFormat } from '../../faces/sniff'
import type { Images } from '../../supabase/images'
import { renditionOf, thumbnailOf } from './analyze-file'
import type { ImportDoor } from './publish-door'
import type { ItemResult, PublishItem, WholeItem } from './publish-items'
import { refusalOf } from './source-errors'

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
  })
  return changed === null
    ? { id: item.id, celebrity: item.celebrity_id, changed }
    : drop(tools, item, changed)
}

/** The bytes that were analysed; or why they are not to be had, for a person. */
async function bytesOf({ read }: PublishTools, item: PublishItem): Promise<Uint8Array | string> {
  try {
    const bytes = await read(item)
    const hash = createHash('md5').update(bytes).digest('hex')
    return hash === item.image_hash ? bytes : 'The file is another one than was looked at.'
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return refusal.reason
  }
}

async function drop({ importId, door, images }: PublishTools, item: PublishItem, changed: string) {
  // The files first: as long as the row stands somebody knows of them.
  const made = { image_path: item.image_path, thumbnail_path: null, view_path: null }
  await images.remove(bucket, pathsOf(images, made))
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

/** A square of 256 px around a face that is not the largest: the analysis has made one of that alone. */
async function thumbnailOfFace(bytes: Uint8Array, { box, width, height }: PublishItem): Promise<Uint8Array> {
  const upright = await sharp(bytes).autoOrient().toBuffer({ resolveWithObject: true })
  const scale = upright.info.width / width
  const size = Math.min(width, height, Math.max(box.width, box.height) * 1.6)
  const within = (middle: number, length: number) =>
    Math.floor(Math.min(Math.max(0, middle - size / 2), length - size) * scale)
  const side = Math.max(1, Math.floor(size * scale))
  return sharp(upright.data)
    .extract({
      left: within(box.x + box.width / 2, width),
      top: within(box.y + box.height / 2, height),
      width: side,
      height: side,
    })
    .resize(256, 256, { withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer()
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
