import type { SupabaseClient } from '@supabase/supabase-js'
import { extensionOf, photoMediaTypes } from '../../core/model/photo-formats'
import { withoutMetadata } from '../../core/model/photo-metadata/without-metadata'

/** For `accept` of a file input. */
export const acceptedImages = Object.keys(photoMediaTypes).map((extension) => `.${extension}`)

export type ImageBucket = 'faces' | 'celebrity-images'

/** The limit of both buckets. */
const maxBytes = 32 * 1024 * 1024

/** A file that need not be sent: the message says why and what to do. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused'
}

/**
 * The extension and media type under which a file may be sent.
 * @throws {UploadRefused} empty, too large, or no image that can be read
 */
export function checkImage(file: Pick<File, 'name' | 'size'>): { extension: string; mediaType: string } {
  const extension = extensionOf(file.name)
  const mediaType = photoMediaTypes[extension]
  if (!mediaType)
    throw new UploadRefused(
      `${file.name} is not a photo. Choose a JPEG, PNG, HEIC, WebP, AVIF, GIF or TIFF file.`,
    )
  if (file.size === 0) throw new UploadRefused(`${file.name} is empty.`)
  if (file.size > maxBytes)
    throw new UploadRefused(`${file.name} is larger than 32 MB. Choose a smaller photo.`)
  return { extension, mediaType }
}

/**
 * Puts an image into a bucket under a name of its own and gives its path: `<folder>/<uuid>.<ext>`, without the folder
 * where there is none. What the file says besides its picture, as where it was taken, and its name stay here.
 * @throws {UploadRefused} see {@link checkImage}; or with Storage's own message
 */
export async function uploadImage(
  supabase: SupabaseClient,
  bucket: ImageBucket,
  file: File,
  folder?: string,
): Promise<string> {
  const { extension, mediaType } = checkImage(file)
  const name = `${crypto.randomUUID()}.${extension}`
  const path = folder === undefined ? name : `${folder}/${name}`
  const picture = new Blob([await pictureOf(file)], { type: mediaType })
  const { error } = await supabase.storage
    .from(bucket)
    .upload(path, picture, { contentType: mediaType, upsert: false })
  if (error) throw error
  return path
}

async function pictureOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new UploadRefused(`${file.name} can't be read any more. Choose it again.`)
  })
  return new Uint8Array(withoutMetadata(new Uint8Array(bytes)))
}
