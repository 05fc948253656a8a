import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer of Supabase Auth that is no success: its status, its code and what the body says besides. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly extra: { body?: Record<string, unknown>; headers?: Record<string, string> } = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export const invalidCredentials = () => new AuthError(400, 'invalid_credentials', 'Invalid login credentials')
export const validationFailed = (message: string) => new AuthError(400, 'validation_failed', message)
export const noAuthorization = () =>
  new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
export const sessionNotFound = () =>
  new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
export const userNotFound = (status: 403 | 404) => new AuthError(status, 'user_not_found', 'User not found')
export const emailExists = () =>
  new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
/** The database's rule for addresses has refused this one. */
export const emailNotAuthorized = (cause: unknown) =>
  new AuthError(
    422,
    'email_address_not_authorized',
    'Only addresses that end in .edu may sign up. Use the address that your school gave you.',
    {},
    { cause },
  )
