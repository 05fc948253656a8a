import { isOutage } from '../../../database/outage'
import { isDiskFull } from '../../../model/disk-full'
import { SemblanceError } from '../../../model/errors'

/** What stops an import, and what is done about it. */
export interface Trouble {
  /** For a person. */
  problem: string
  /** `wait`: it is tried again by itself. `pause`: once a person says so. */
  then: 'wait' | 'pause'
  /** Nobody expected it: the log has the rest. */
  isUnexpected: boolean
}

/** The disk is there but may not be written to. */
const readOnly = ['EROFS']

export function troubleOf(error: unknown): Trouble {
  if (isDiskFull(error)) {
    return paused(
      'The disk that Semblance keeps its data on is full. Nothing is lost: make room, then resume the import.',
    )
  }
  if (codesOf(error).some((code) => readOnly.includes(code))) {
    return paused(
      'The disk that Semblance keeps its data on can’t be written to. Mend that, then resume the import.',
    )
  }
  if (error instanceof SemblanceError) {
    if (error.code === 'UNAVAILABLE') return { problem: error.message, then: 'wait', isUnexpected: false }
    return paused(error.message)
  }
  if (isOutage(error)) {
    const problem = 'The shared database can’t be reached. The import goes on by itself once it is back.'
    return { problem, then: 'wait', isUnexpected: false }
  }
  return {
    ...paused(
      'Something went wrong on our side; the log of the host says what. Resume the import to try again.',
    ),
    isUnexpected: true,
  }
}

const paused = (problem: string): Trouble => ({ problem, then: 'pause', isUnexpected: false })

/** The codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = []
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string') codes.push(code)
  }
  return codes
}
