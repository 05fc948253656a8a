import type { Logger } from 'pino'
import { extensionOf, isHiddenFormat } from '../model/photo-formats'
import type { ImageBucket, Images } from '../supabase/images'

/** The address of a photo; null where there is none. */
export type PhotoUrls = (bucket: ImageBucket, path: string | null) => string | null

/** The photo to show large: its rendition, where there is one. */
export const viewOf = (photo: { image_path: string; view_path: string | null }): string =>
  photo.view_path ?? photo.image_path

/**
 * Signs all photos of a page in one call a bucket. What browsers can't show (HEIC, TIFF) has no address: its rendition
 * and its thumbnail do, once the worker has made them. A Storage that does not answer costs the page its photos, not
 * its text: then every address is null.
 */
export async function signPhotos(
  { images, log }: { images: Images; log: Logger },
  wanted: Partial<Record<ImageBucket, readonly (string | null)[]>>,
): Promise<PhotoUrls> {
  const buckets = Object.entries(wanted) as [ImageBucket, readonly (string | null)[]][]
  const signed = await Promise.all(
    buckets.map(async ([bucket, paths]) => {
      const shown = paths.filter((path) => path !== null && !isHiddenFormat(extensionOf(path)))
      const named = [...new Set(shown)] as string[]
      return [
        bucket,
        named.length > 0 ? await images.signedUrls(bucket, named) : new Map<string, string>(),
      ] as const
    }),
  ).catch((error: unknown) => {
    log.warn({ err: error }, 'Photos could not be signed')
    return []
  })
  const urls = new Map(signed)
  return (bucket, path) => (path === null ? null : (urls.get(bucket)?.get(path) ?? null))
}
