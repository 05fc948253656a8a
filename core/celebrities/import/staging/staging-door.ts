import { folderIn, type Staging } from './staging'

/** A staging area that is opened when it is first used, and closed again when nobody has used it for long. */
export interface StagingDoor extends Staging {
  isOpen: () => boolean
}

interface DoorParts {
  directory: string
  /** Told the failure of an engine that was given up, so that it is opened anew. */
  open: (onFailed: () => void) => Promise<Staging>
  /** Milliseconds without use: an open one holds about 200 MB. Default 5 minutes. */
  idleMs?: number
}

export function createStagingDoor({ directory, open, idleMs = 5 * 60_000 }: DoorParts): StagingDoor {
  let opened: Promise<Staging> | null = null
  let hasFailed = false
  let users = 0
  let isClosed = false
  let idle: NodeJS.Timeout | undefined
  let closing: Promise<void> = Promise.resolve()

  async function enter(): Promise<Staging> {
    if (hasFailed) shut()
    opened ??= closing.then(() => open(() => (hasFailed = true)))
    try {
      return await opened
    } catch (error) {
      // The next one tries again: a disk may have room by then.
      opened = null
      throw error
    }
  }

  function shut(): void {
    const one = opened
    opened = null
    hasFailed = false
    clearTimeout(idle)
    // Two engines never have the same directory.
    if (one) closing = one.then((staging) => staging.close()).catch(() => undefined)
  }

  function leave(): void {
    users--
    clearTimeout(idle)
    if (users > 0 || !opened || isClosed) return
    idle = setTimeout(shut, idleMs)
    idle.unref()
  }

  return {
    isOpen: () => opened !== null,
    async transaction(work) {
      if (isClosed) throw new Error('The staging area is closed.')
      users++
      clearTimeout(idle)
      try {
        return await (await enter()).transaction(work)
      } finally {
        leave()
      }
    },
    folderOf: (importId) => folderIn(directory, importId),
    async close() {
      isClosed = true
      shut()
      await closing
    },
  }
}
