/** An answer of Supabase Storage that is no success. `status` is the true one; the HTTP status is another matter. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  constructor(
    readonly status: number,
    readonly code: string,
    /** The body's `error`. */
    readonly title: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export const noSuchBucket = () =>
  new StorageError(404, 'NoSuchBucket', 'Bucket not found', 'Bucket not found')
export const noSuchKey = () => new StorageError(404, 'NoSuchKey', 'not_found', 'Object not found')
/** Its row is there and its bytes are not, which never happens where they were put: that is another data directory. */
export const noSuchFile = () => new StorageError(404, 'NoSuchFile', 'not_found', 'Object not found')
export const accessDenied = (message: string, options?: ErrorOptions) =>
  new StorageError(403, 'AccessDenied', 'Unauthorized', message, options)
export const keyAlreadyExists = () =>
  new StorageError(409, 'KeyAlreadyExists', 'Duplicate', 'The resource already exists')
export const bucketAlreadyExists = () =>
  new StorageError(409, 'BucketAlreadyExists', 'Duplicate', 'The resource already exists')
export const invalidRequest = (message: string) =>
  new StorageError(400, 'InvalidRequest', 'InvalidRequest', message)
export const invalidKey = (key: string) =>
  new StorageError(400, 'InvalidKey', 'InvalidKey', `Invalid key: ${key}`)
export const invalidMimeType = (type: string) =>
  new StorageError(415, 'InvalidMimeType', 'invalid_mime_type', `mime type ${type} is not supported`)
export const entityTooLarge = () =>
  new StorageError(413, 'EntityTooLarge', 'Payload too large', 'The object exceeded the maximum allowed size')
/** In words that clients of Supabase show to people as they are. */
export const storageFull = (cause: unknown) =>
  new StorageError(
    507,
    'DiskFull',
    'Insufficient Storage',
    'The disk that photos are kept on is full. Make room there; nothing is lost.',
    { cause },
  )
export const invalidJwt = (message: string, options?: ErrorOptions) =>
  new StorageError(400, 'InvalidJWT', 'InvalidJWT', message, options)
export const invalidSignature = () =>
  new StorageError(400, 'InvalidSignature', 'InvalidSignature', 'Invalid signature')

/** What PostgreSQL refused, in the words of the protocol; anything else as it came. */
export function fromDatabase(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string }
  if (code === '42501') return accessDenied(message ?? 'Access denied', { cause: error })
  if (code === '23505') return keyAlreadyExists()
  return error
}
