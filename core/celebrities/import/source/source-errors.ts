import { SemblanceError } from '../../../model/errors'
import type { OutcomeCode } from '../../contract-import-schemas'

/** Why a file of a source is not taken, for programs and for a person. */
export interface Refusal {
  code: OutcomeCode
  reason: string
}

/** The error for a file that can't be had: `data.code` is an {@link OutcomeCode}, its message a line for a person. */
export function fileError(code: OutcomeCode, reason: string, options?: ErrorOptions): SemblanceError {
  return new SemblanceError(code === 'gone' ? 'NOT_FOUND' : 'BAD_REQUEST', reason, { code }, options)
}

/** What an error says of the file itself; null where it is about something else. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof SemblanceError)) return null
  const code = error.data?.['code']
  return typeof code === 'string' ? { code: code as OutcomeCode, reason: error.message } : null
}

/** The error for a source that is not there for now: nothing of it is said to be gone. */
export function sourceAway(path: string, cause?: unknown): SemblanceError {
  return new SemblanceError(
    'UNAVAILABLE',
    `${path} can't be reached any more. Connect its disk again, then resume the import.`,
    undefined,
    { cause },
  )
}

export const errnoOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** What the file system said of a file or folder, in words. */
export function fileSystemRefusal(error: unknown, what: 'file' | 'folder'): Refusal {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'gone', reason: `The ${what} is no longer there.` }
    case 'EACCES':
    case 'EPERM':
      return { code: 'unreadable', reason: `You have no right to read this ${what}.` }
    case 'ELOOP':
      return { code: 'unsafe_path', reason: `The ${what} is a link to itself.` }
    default:
      return {
        code: 'unreadable',
        reason: `The ${what} can't be read (${errnoOf(error) ?? (error as Error).message}).`,
      }
  }
}

export const megabytes = (bytes: number): string =>
  (bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })
