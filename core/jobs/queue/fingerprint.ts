import { createHash } from 'node:crypto'
import type { JobStage } from '../../model/job-stages'

interface Described {
  stage: JobStage | null
  /** `error_code`. */
  code: string
  message: string
}

/**
 * Equal for failures of the same stage and reason whose messages differ only in what belongs to one job: numbers, ids,
 * paths, addresses and what stands in quotes. 16 hex digits.
 */
export function fingerprintOf({ stage, code, message }: Described): string {
  return createHash('sha256')
    .update(`${stage ?? ''}\n${code}\n${normalizeMessage(message)}`)
    .digest('hex')
    .slice(0, 16)
}

/** The message without what belongs to one job. */
export function normalizeMessage(message: string): string {
  return (
    message
      .toLowerCase()
      .replace(/"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![a-z])'[^']*'(?![a-z])/g, '<text>')
      .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/g, '<url>')
      .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<id>')
      // Two slashes at least, or one at the beginning: "and/or" is no path.
      .replace(/(?:[a-z]:)?[\\/][^\s:,;()]+|[^\s:,;()/]+(?:\/[^\s:,;()/]+){2,}/g, '<path>')
      .replace(/\b(?:0x)?[0-9a-f]{8,}\b/g, '<id>')
      .replace(/[-+]?\d+(?:[.,:]\d+)*/g, '<n>')
      .replace(/\s+/g, ' ')
      .trim()
  )
}
