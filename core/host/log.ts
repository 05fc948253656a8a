import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'

const maxBytes = 10_000_000

/** Where a host of this data directory writes what it does. */
export function logFile(home: string): string {
  return join(home, 'host.log')
}

/**
 * A log in the data directory, JSON a line; one earlier file is kept once it has grown to 10 MB. Where the directory
 * can't be written there is none: whoever opens the directory says so, and what to do.
 */
export function openLog(home: string, level: string): Logger {
  const path = logFile(home)
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size > maxBytes) renameSync(path, `${path}.1`)
    const file = pino.destination({ dest: path, append: true, mode: 0o600, sync: true })
    // A disk that is full costs lines of the log, not the host.
    file.on('error', () => undefined)
    return pino({ level }, file)
  } catch {
    return pino({ level: 'silent' })
  }
}
