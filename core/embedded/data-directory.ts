import { access, constants, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SemblanceError } from '../model/errors'
import { acquireLock, type LockHolder } from './data-directory-lock'

export { writeFileAtomic } from './data-directory-files'

/** The directory that holds everything of an embedded host, while this process holds it alone. */
export interface DataDirectory {
  readonly path: string
  /** Tells those who find the directory in use where this host answers. */
  setUrl(url: string): Promise<void>
  /** Frees the directory. Calling it again changes nothing. */
  release(): Promise<void>
}

/**
 * Creates the directory where it is missing (readable by its owner alone) and takes it for this process.
 *
 * @throws SemblanceError UNAVAILABLE where it can't be written
 * @throws SemblanceError CONFLICT where another process has it; `data.holder` is a {@link LockHolder}
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const directory = resolve(path)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await access(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw notWritable(directory, error)
  }
  const lock = await acquireLock(join(directory, 'host.lock')).catch((error: unknown) => {
    throw notWritable(directory, error)
  })
  if ('holder' in lock) throw inUse(directory, lock.holder)
  return { path: directory, setUrl: (url) => lock.update({ url }), release: () => lock.release() }
}

const reasons: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file of this name is in the way',
}

function notWritable(directory: string, cause: unknown): SemblanceError {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause))
  return new SemblanceError(
    'UNAVAILABLE',
    `The data directory ${directory} can't be written: ${reason}. Mend that, or set SEMBLANCE_HOME to another directory.`,
    { directory, reason: code },
    { cause },
  )
}

function inUse(directory: string, holder: LockHolder): SemblanceError {
  const where = holder.url === null ? '' : ` at ${holder.url}`
  const computer = holder.elsewhere ? ` on the computer ${holder.hostname}` : ''
  const remedy = holder.elsewhere
    ? `Close it there; if it no longer runs, delete ${join(directory, 'host.lock')}. Or set SEMBLANCE_HOME to another directory.`
    : 'Close it, or set SEMBLANCE_HOME to another directory.'
  return new SemblanceError(
    'CONFLICT',
    `Another Semblance, process ${holder.pid}${computer}${where}, uses the data directory ${directory}. ${remedy}`,
    { directory, holder },
  )
}
