/**
 * The closed list of what can go wrong in a way that the caller can understand.
 * `message` is written for a person and says what to do; `data` is for programs.
 */
export const errorCodes = {
  /** No token, or one that does not verify. */
  UNAUTHORIZED: 401,
  /** Signed in, but the role does not suffice. */
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  /** The request contradicts the state: an admin exists already, the photo is known already. */
  CONFLICT: 409,
  BAD_REQUEST: 400,
  /** The image can't be used; `data.reason` is an {@link ImageReason}. */
  IMAGE_REJECTED: 422,
  /** Not now: the models are still being set up, the database is away. */
  UNAVAILABLE: 503,
} as const

export type ErrorCode = keyof typeof errorCodes

/** Why an image can't be analysed. All are permanent: the same bytes give the same answer. */
export const imageReasons = [
  'empty_file',
  'not_an_image',
  'unsupported_format',
  'broken_image',
  'too_many_bytes',
  'too_many_pixels',
  'no_face',
] as const
export type ImageReason = (typeof imageReasons)[number]

/** An error with a code of the closed list. Everything else that is thrown is a bug or an outage. */
export class SemblanceError extends Error {
  override readonly name = 'SemblanceError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data?: Record<string, unknown>,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The error for an image that can't be used. */
export function imageRejected(reason: ImageReason, message: string, options?: ErrorOptions): SemblanceError {
  return new SemblanceError('IMAGE_REJECTED', message, { reason }, options)
}

/** The error for a sign-in that no other sign-in would mend: the host and whoever calls speak of two projects. */
export function otherProject(message: string, options?: ErrorOptions): SemblanceError {
  return new SemblanceError('UNAUTHORIZED', message, { reason: 'other_project' }, options)
}
