import { sql } from 'kysely'
import type { Staging } from '../staging/staging'
import { readVector } from './load-files'
import { readPictureHash } from './picture-hash'
import type { GalleryPhoto } from './types'
import { dot } from './vectors'

const photosAtOnce = 100

/** The same for as long as the gallery is. */
export async function galleryVersion(staging: Staging): Promise<string> {
  const { rows } = await staging.transaction((tx) =>
    sql<{ version: string | null }>`
      select md5(string_agg(celebrity_id || coalesce(photo_id::text, '') || seen, ',' order by celebrity_id, photo_id))
        as version
      from gallery`.execute(tx),
  )
  return rows[0]?.version ?? ''
}

/** All photos of the gallery as it was seen last. */
export async function loadGallery(staging: Staging): Promise<GalleryPhoto[]> {
  const photos: GalleryPhoto[] = []
  const ids = await staging.transaction((tx) =>
    tx.selectFrom('gallery').select('celebrity_id').distinct().orderBy('celebrity_id').execute(),
  )
  for (let from = 0; from < ids.length; from += photosAtOnce) {
    const some = ids.slice(from, from + photosAtOnce).map((row) => row.celebrity_id)
    const rows = await staging.transaction((tx) =>
      tx
        .selectFrom('gallery')
        .where('celebrity_id', 'in', some)
        .select([
          'celebrity_id',
          'photo_id',
          'name',
          'image_hash',
          'quality_score',
          'embedding_model',
          'age',
          'seen',
        ])
        .select(sql<string | null>`perceptual_hash::text`.as('perceptual_hash'))
        .select(sql<string | null>`encode(extensions.vector_send(embedding), 'base64')`.as('embedding'))
        .execute(),
    )
    photos.push(
      ...rows.map((row) => ({
        ...{
          celebrityId: row.celebrity_id,
          photoId: row.photo_id,
          name: row.name,
          imageHash: row.image_hash,
        },
        pictureHash: readPictureHash(row.perceptual_hash),
        quality: row.quality_score,
        embedding: row.embedding === null ? null : unit(readVector(row.embedding)),
        ...{ model: row.embedding_model, age: row.age, seen: row.seen },
      })),
    )
  }
  return photos
}

/** Other clients may have written another length. */
function unit(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(vector, vector))
  return norm > 0 && Math.abs(norm - 1) > 1e-4 ? vector.map((element) => element / norm) : vector
}
