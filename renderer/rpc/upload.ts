import type { SupabaseClient } from '@supabase/supabase-js'

/** What an image may be, by its ending; HEIC is refused by name, so that the person learns why. */
const mediaTypes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
}

/** For `accept` of a file input. */
export const acceptedImages = Object.keys(mediaTypes).map((extension) => `.${extension}`)

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
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ''
  const mediaType = mediaTypes[extension]
  if (extension === 'heic' || extension === 'heif') {
    throw new UploadRefused(`${file.name}: HEIC photos are not supported yet. Export it as JPEG.`)
  }
  if (!mediaType)
    throw new UploadRefused(`${file.name} is not a photo. Choose a JPEG, PNG, WebP, AVIF or TIFF file.`)
  if (file.size === 0) throw new UploadRefused(`${file.name} is empty.`)
  if (file.size > maxBytes)
    throw new UploadRefused(`${file.name} is larger than 32 MB. Choose a smaller photo.`)
  return { extension, mediaType }
}

/**
 * Puts an image into a bucket under a name of its own and gives its path: `<folder>/<uuid>.<ext>`, without the folder
 * where there is none.
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
  const { error } = await supabase.storage
    .from(bucket)
    .upload(path, file, { contentType: mediaType, upsert: false })
  if (error) throw error
  return path
}
