import { createHash } from 'node:crypto'
import { inspectImage } from '../faces/images/decode'
import { SemblanceError } from '../model/errors'
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
 * Fetches what a client has uploaded and looks at its header.
 * @returns the MD5 of the bytes, 32 hex digits
 * @throws SemblanceError IMAGE_REJECTED where it can't be analysed, BAD_REQUEST where nothing was uploaded
 */
async function hashUpload(images: Images, bucket: ImageBucket, path: string): Promise<string> {
  const bytes = await images.download(bucket, path).catch((error: unknown) => {
    if (!(error instanceof SemblanceError) || error.code !== 'NOT_FOUND') throw error
    throw new SemblanceError('BAD_REQUEST', 'There is no photo at this path. Upload it first.', undefined, {
      cause: error,
    })
  })
  await inspectImage(bytes)
  return createHash('md5').update(bytes).digest('hex')
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
    const hash = await hashUpload(images, bucket, path)
    return await registration.insert(hash).catch(async (error: unknown) => {
      throw isUniqueViolation(error) ? await registration.conflict(hash) : error
    })
  } catch (error) {
    const isRefused = error instanceof SemblanceError && ['IMAGE_REJECTED', 'CONFLICT'].includes(error.code)
    if (isRefused && !(await registration.isInUse())) await images.remove(bucket, [path])
    throw error
  }
}
