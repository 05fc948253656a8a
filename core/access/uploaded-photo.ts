import { createHash } from 'node:crypto'
import { inspectImage } from '../faces/images/decode'
import { SemblanceError } from '../model/errors'
import { withoutMetadata } from '../model/photo-metadata/without-metadata'
import type { ImageBucket, Images } from '../supabase/images'
import { isUniqueViolation } from './failures'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const file = new RegExp(`^${uuid}\\.(jpe?g|png|webp|gif|avif|heic|heif|tiff?)$`)

/**
 * @param folder the person's id in `faces`; none in `celebrity-images`
 * @throws SemblanceError BAD_REQUEST unless the path is a new photo's own: then it is safe to remove what lies there
 */
export function requirePhotoPath(path: string, folder?: string): void {
  const prefix = folder === undefined ? '' : `${folder}/`
  if (path.startsWith(prefix) && file.test(path.slice(prefix.length))) return
  throw new SemblanceError(
    'BAD_REQUEST',
    `The photo must be uploaded as ${prefix}<uuid>.<jpg, png, webp, gif, avif, heic or tiff>.`,
  )
}

/**
 * Fetches what a client has uploaded and looks at its header. Where the file says more than its picture, the picture
 * alone is put in its place: the pages take the rest out before they send, another client may not.
 * @returns the MD5 of the bytes as they lie there then, 32 hex digits
 * @throws SemblanceError IMAGE_REJECTED where it can't be analysed, BAD_REQUEST where nothing was uploaded
 */
async function hashUpload(images: Images, { bucket, path, isInUse }: Registration): Promise<string> {
  const bytes = await images.download(bucket, path).catch((error: unknown) => {
    if (!(error instanceof SemblanceError) || error.code !== 'NOT_FOUND') throw error
    throw new SemblanceError('BAD_REQUEST', 'There is no photo at this path. Upload it first.', undefined, {
      cause: error,
    })
  })
  const { format } = await inspectImage(bytes)
  const picture = withoutMetadata(bytes)
  const isReplaced = picture !== bytes && !(await isInUse())
  if (isReplaced) {
    // People may remove what they have uploaded and send it again, and not write over it.
    await images.remove(bucket, [path])
    await images.upload(bucket, path, picture, `image/${format}`)
  }
  return createHash('md5')
    .update(isReplaced ? picture : bytes)
    .digest('hex')
}

export interface Registration {
  bucket: ImageBucket
  path: string
  /** Makes the row; gives its id. */
  insert: (imageHash: string) => Promise<string>
  /** The error that names the row which has the same photo already. */
  conflict: (imageHash: string) => Promise<SemblanceError>
  /** Whether a row names this path, so that the object must stay. */
  isInUse: () => Promise<boolean>
}

/**
 * Registers an uploaded photo. What is refused for its content is removed from Storage again.
 * @throws SemblanceError IMAGE_REJECTED; CONFLICT where the photo is known already
 */
export async function registerUpload(images: Images, registration: Registration): Promise<string> {
  const { bucket, path } = registration
  try {
    const hash = await hashUpload(images, registration)
    return await registration.insert(hash).catch(async (error: unknown) => {
      throw isUniqueViolation(error) ? await registration.conflict(hash) : error
    })
  } catch (error) {
    const isRefused = error instanceof SemblanceError && ['IMAGE_REJECTED', 'CONFLICT'].includes(error.code)
    if (isRefused && !(await registration.isInUse())) await images.remove(bucket, [path])
    throw error
  }
}
