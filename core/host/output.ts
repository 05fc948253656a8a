import { type ErrorCode, SemblanceError } from '../model/errors'
import { printable, printableJson } from '../model/plain-text'

/** 0 well, 1 some of the work failed, 2 called wrongly (also by an id that is not there), 3 not possible now (data directory held, database away …). */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unavailable: 3 } as const

/** What a command prints: the result on stdout, everything said along the way on stderr. */
export interface Output {
  json: boolean
  /** Progress, for a person; silent with `--json`. */
  say: (line: string) => void
  /** The result: `text` for a person, or `data` as JSON. */
  result: (data: unknown, text: string) => void
}

export function createOutput(json: boolean): Output {
  return {
    json,
    say: (line) => {
      if (!json) process.stderr.write(`${printable(line)}\n`)
    },
    result: (data, text) =>
      process.stdout.write(
        json ? `${printableJson(JSON.stringify(data, null, 2))}\n` : `${printable(text)}\n`,
      ),
  }
}

/** What went wrong, for a person: one sentence that says what to do, or, for a bug, its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof SemblanceError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Prints what went wrong and gives the exit code for it. */
export function reportFailure(error: unknown, json: boolean): number {
  const known = error instanceof SemblanceError
  const message = describeFailure(error)
  const code = known ? error.code : 'INTERNAL'
  if (json) process.stdout.write(`${printableJson(JSON.stringify({ error: { code, message } }))}\n`)
  else process.stderr.write(`${printable(message)}\n`)
  return known ? (exitCodeOf[error.code] ?? exitCodes.failed) : exitCodes.failed
}

/** A conflict is something that another process holds or has changed. */
const exitCodeOf: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: exitCodes.usage,
  NOT_FOUND: exitCodes.usage,
  UNAVAILABLE: exitCodes.unavailable,
  CONFLICT: exitCodes.unavailable,
}
