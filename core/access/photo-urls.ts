import type { Logger } from 'pino'
import type { ImageBucket, Images } from '../supabase/images'

/** The address of a photo; null where there is none. */
export type PhotoUrls = (bucket: ImageBucket, path: string | null) => string | null

/**
 * Signs all photos of a page in one call a bucket. A Storage that does not answer costs the page its photos, not its
 * text: then every address is null.
 */
export async function signPhotos(
  { images, log }: { images: Images; log: Logger },
  wanted: Partial<Record<ImageBucket, readonly (string | null)[]>>,
): Promise<PhotoUrls> {
  const buckets = Object.entries(wanted) as [ImageBucket, readonly (string | null)[]][]
  const signed = await Promise.all(
    buckets.map(async ([bucket, paths]) => {
      const named = [...new Set(paths.filter((path) => path !== null))]
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
