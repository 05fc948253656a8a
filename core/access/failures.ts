import { ORPCError, ValidationError } from '@orpc/server'
import type { Logger } from 'pino'
import { isDiskFull } from '../model/disk-full'
import { errorCodes, SemblanceError } from '../model/errors'
import { isOutage } from '../database/outage'

/** PostgreSQL's code for what a policy or a missing grant refuses. */
const insufficientPrivilege = '42501'

/** PostgreSQL's codes for text that it can't hold, which is text with a NUL: in a column, and in JSON. */
const unstorableText = ['22021', '22P05']

/**
 * What a client is told of a failure: a code of the closed list with a sentence for a person, or
 * INTERNAL_SERVER_ERROR, whose text stays in the log.
 */
export function toClientError(error: unknown, log: Logger, procedure: string): ORPCError<string, unknown> {
  if (error instanceof SemblanceError) return fromSemblance(error)
  if (error instanceof ORPCError) return fromFramework(error as ORPCError<string, unknown>, log, procedure)
  if (isOutage(error)) {
    log.warn({ err: error, procedure }, 'The database is away')
    return answer('UNAVAILABLE', 'The database cannot be reached just now. Try again in a moment.')
  }
  if (isDiskFull(error)) {
    log.error({ err: error, procedure }, 'A disk is full')
    return answer(
      'UNAVAILABLE',
      'The disk that Semblance keeps its data on is full. Make room there, then try again.',
    )
  }
  if (postgresCode(error) === insufficientPrivilege) {
    log.warn({ err: error, procedure }, 'The database refused')
    return answer('FORBIDDEN', 'You may not do this.')
  }
  if (unstorableText.includes(postgresCode(error) ?? '')) {
    return answer('BAD_REQUEST', 'This text has a character that can’t be stored. Write it without.')
  }
  log.error({ err: error, procedure }, 'Unexpected failure')
  return internal(error)
}

function fromSemblance(error: SemblanceError): ORPCError<string, unknown> {
  return new ORPCError(error.code, {
    status: errorCodes[error.code],
    message: error.message,
    data: error.data,
    cause: error,
  })
}

/** oRPC's own errors: invalid input (the caller can mend it), invalid output (our bug), a cancelled request. */
function fromFramework(error: ORPCError<string, unknown>, log: Logger, procedure: string) {
  if (error.status >= 500) {
    log.error({ err: error, procedure }, 'Unexpected failure')
    return internal(error)
  }
  if (error.code !== 'BAD_REQUEST' || !(error.cause instanceof ValidationError)) return error
  const issues = error.cause.issues.map((issue) => ({ path: pathOf(issue.path), message: issue.message }))
  const message = issues
    .map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message))
    .join(' ')
  return answer('BAD_REQUEST', message, { issues }, error)
}

function pathOf(path: ValidationError['issues'][number]['path']): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
}

function answer(code: keyof typeof errorCodes, message: string, data?: unknown, cause?: unknown) {
  return new ORPCError(code, { status: errorCodes[code], message, data, cause })
}

function internal(cause: unknown) {
  return new ORPCError('INTERNAL_SERVER_ERROR', {
    message: 'Something went wrong on our side. The log of the host says what.',
    cause,
  })
}

/** The SQLSTATE of an error that PostgreSQL gave, else undefined. */
export function postgresCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** Whether an insert met a row that is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return postgresCode(error) === '23505'
}
