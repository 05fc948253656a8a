import { randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import { diskFull, isDiskFull } from '../model/disk-full'
import { SemblanceError, type ErrorCode } from '../model/errors'

export const imageBuckets = ['faces', 'celebrity-images'] as const
/** `faces` is private, `celebrity-images` may be read by anybody. */
export type ImageBucket = (typeof imageBuckets)[number]

/** Photos, their thumbnails and renditions in Storage. All calls throw SemblanceError: NOT_FOUND, FORBIDDEN, BAD_REQUEST, UNAVAILABLE. */
export interface Images {
  download(bucket: ImageBucket, path: string): Promise<Uint8Array>
  /** Replaces what is there, so that a job that runs again may write again. */
  upload(bucket: ImageBucket, path: string, bytes: Uint8Array, contentType: string): Promise<void>
  /** Paths that aren't there are no error. */
  remove(bucket: ImageBucket, paths: readonly string[]): Promise<void>
  /**
   * A URL for each path that exists; the others are missing from the map. The same URL comes again for half of its
   * life, so that browsers can cache what is behind it.
   */
  signedUrls(
    bucket: ImageBucket,
    paths: readonly string[],
    options?: { /** Seconds. */ expiresIn?: number },
  ): Promise<Map<string, string>>
  /** For `celebrity-images`; nothing is asked, the object may not exist. */
  publicUrl(bucket: ImageBucket, path: string): string
  /** A new path under the person's folder, which policies go by. `ext` without a dot. */
  facePath(profileId: string, ext: string): string
  celebrityPath(ext: string): string
  /** Where the thumbnail of an image stands: beside it. */
  thumbnailPath(path: string): string
  /** Where the rendition of an image stands that browsers can't show. */
  viewPath(path: string): string
}

export interface ImagesOptions {
  /** Seconds that signed URLs live, `SUPABASE_SIGNED_URL_TTL`. Default 24 h. */
  signedUrlSeconds?: number
  /** Signed URLs that are remembered at most. Default 50,000. */
  maximumCached?: number
  /** Default: the machine's time. */
  clock?: () => Date
}

/** What one request may name. */
const batchSize = 500
const maximumCachedByDefault = 50_000

/** @param service A client that carries the secret key, or acts for a person: then policies decide. */
export function createImages(service: SupabaseClient, options: ImagesOptions = {}): Images {
  const { signedUrlSeconds = 24 * 3600, maximumCached = maximumCachedByDefault } = options
  const { clock = () => new Date() } = options
  const storage = service.storage
  const sign = createUrlCache({ clock, maximumCached }, async (bucket, paths, expiresIn) => {
    const { data, error } = await patiently(() => storage.from(bucket).createSignedUrls(paths, expiresIn))
    if (error) throw storageError(error, bucket)
    return data.flatMap(({ path, signedUrl }) => (path && signedUrl ? [[path, signedUrl] as const] : []))
  })
  return {
    async download(bucket, path) {
      requirePlainPath(path)
      const { data, error } = await patiently(async () => storage.from(bucket).download(path))
      if (error) throw storageError(error, `${bucket}/${path}`)
      return new Uint8Array(await data.arrayBuffer())
    },
    async upload(bucket, path, bytes, contentType) {
      requirePlainPath(path)
      const options = { contentType, cacheControl: '86400', upsert: true }
      const { error } = await patiently(() => storage.from(bucket).upload(path, bytes, options))
      if (error) throw storageError(error, `${bucket}/${path}`)
    },
    async remove(bucket, paths) {
      for (const batch of batches(paths)) {
        const { error } = await patiently(() => storage.from(bucket).remove(batch))
        if (error) throw storageError(error, bucket)
      }
    },
    signedUrls: (bucket, paths, { expiresIn = signedUrlSeconds } = {}) => sign(bucket, paths, expiresIn),
    publicUrl: (bucket, path) => storage.from(bucket).getPublicUrl(path).data.publicUrl,
    facePath: (profileId, ext) => `${profileId}/${randomUUID()}.${ext}`,
    celebrityPath: (ext) => `${randomUUID()}.${ext}`,
    thumbnailPath: (path) => `${withoutExtension(path)}.thumb.webp`,
    viewPath: (path) => `${withoutExtension(path)}.view.jpg`,
  }
}

const withoutExtension = (path: string) => path.replace(/\.[^./]*$/, '')

/** The client puts paths into URLs as they are, where these would lead to another object than the one that is named. */
function requirePlainPath(path: string): void {
  if (!/[?#%\\]|(^|\/)\.{1,2}(\/|$)/.test(path)) return
  throw new SemblanceError('BAD_REQUEST', `"${path}" is no path of an image.`)
}

/**
 * Asks a second time where no answer came: a connection that was kept open may have been closed by the other side.
 * Everything here may be done twice.
 */
async function patiently<T extends { error: Error | null }>(ask: () => Promise<T>): Promise<T> {
  const answer = await ask()
  const hasNoAnswer = answer.error !== null && !('statusCode' in answer.error && answer.error.statusCode)
  return hasNoAnswer ? ask() : answer
}

type SignBatch = (
  bucket: ImageBucket,
  paths: string[],
  expiresIn: number,
) => Promise<(readonly [path: string, url: string])[]>

function createUrlCache(
  { clock, maximumCached }: { clock: () => Date; maximumCached: number },
  signBatch: SignBatch,
) {
  const cache = new Map<string, { url: string; until: number }>()
  const keyOf = (bucket: ImageBucket, path: string, expiresIn: number) => `${bucket}/${path}?${expiresIn}`
  return async (bucket: ImageBucket, paths: readonly string[], expiresIn: number) => {
    const now = clock().getTime()
    const urls = new Map<string, string>()
    const wanted = new Set<string>()
    for (const path of paths) {
      const cached = cache.get(keyOf(bucket, path, expiresIn))
      if (cached && cached.until > now) urls.set(path, cached.url)
      else wanted.add(path)
    }
    const until = now + (expiresIn * 1000) / 2
    for (const batch of batches([...wanted])) {
      for (const [path, url] of await signBatch(bucket, batch, expiresIn)) {
        urls.set(path, url)
        const key = keyOf(bucket, path, expiresIn)
        cache.delete(key)
        cache.set(key, { url, until })
      }
    }
    // A Map keeps its order of insertion: the first are the oldest.
    for (const key of cache.keys()) {
      if (cache.size <= maximumCached) break
      cache.delete(key)
    }
    return urls
  }
}

function batches(paths: readonly string[]): string[][] {
  const count = Math.ceil(paths.length / batchSize)
  return Array.from({ length: count }, (_, i) => paths.slice(i * batchSize, (i + 1) * batchSize))
}

/** Storage says most refusals as HTTP 400: the true status stands in `statusCode`, the reason in `code`. */
function storageError(error: Error, what: string): SemblanceError {
  const { statusCode, code } = error as { statusCode?: string; code?: string }
  if (statusCode === '507' || isDiskFull(error)) {
    const message = 'The disk that Storage keeps photos on is full. Make room there; nothing is lost.'
    return new SemblanceError(
      'UNAVAILABLE',
      message,
      { code: code ?? null, reason: diskFull },
      { cause: error },
    )
  }
  const [kind, message]: [ErrorCode, string] =
    code === 'NoSuchKey' || code === 'NoSuchBucket' || statusCode === '404'
      ? ['NOT_FOUND', `There is no image ${what}.`]
      : isAboutTheKey(error, statusCode)
        ? ['UNAVAILABLE', `Storage does not take the key of this host or the session: ${error.message}`]
        : code === 'AccessDenied' || statusCode === '403'
          ? ['FORBIDDEN', `Storage refuses access to ${what}: ${error.message}`]
          : statusCode?.startsWith('4') || code === 'InvalidKey'
            ? ['BAD_REQUEST', `Storage does not take ${what}: ${error.message}`]
            : ['UNAVAILABLE', `Storage does not answer: ${error.message}`]
  return new SemblanceError(kind, message, { code: code ?? null }, { cause: error })
}

/** As gateways refuse a key that was replaced, or Storage a session that has run out meanwhile. */
function isAboutTheKey(error: Error, statusCode: string | undefined): boolean {
  return statusCode === '401' || /invalid api key|jwt expired|"exp" claim/i.test(error.message)
}
