import type { Logger } from 'pino'
import type { Database } from '../../../database/connect'
import { isOutage } from '../../../database/outage'
import { refreshGallery } from './gallery'
import type { StagingDoor } from '../staging/staging-door'

/** Keeps the copy of the shared gallery that imports are compared with. */
export interface GalleryKeeper {
  /** The gallery may be another one now. Where nobody uses the staging area, nothing is done before somebody needs it. */
  changed: () => void
  /**
   * Makes the copy what the gallery is, where it may be old and the shared database can be reached; plans of what it
   * changes are old then. Never rejects: a plan without the newest gallery is better than none.
   */
  refresh: () => Promise<void>
  close: () => Promise<void>
}

/** Changes of the gallery come by the hundred, while a worker analyses it. */
const gatherMs = 5_000

interface Parts {
  staging: StagingDoor
  database: Database
  log: Logger
  /** Told that plans are old. */
  onNew: () => void
}

export function createGalleryKeeper({ staging, database, log, onNew }: Parts): GalleryKeeper {
  let isOld = true
  let running: Promise<void> | null = null
  let soon: NodeJS.Timeout | null = null

  async function run(): Promise<void> {
    isOld = false
    try {
      const { copied, removed } = await refreshGallery(staging, database)
      if (copied + removed > 0) onNew()
    } catch (error) {
      isOld = true
      // Some of it may have been copied.
      onNew()
      const level = isOutage(error) ? 'info' : 'warn'
      log[level]({ err: error }, 'the gallery could not be copied; imports go by what was copied last')
    }
  }

  async function refresh(): Promise<void> {
    if (running) return running
    if (!isOld || database.outage() !== null) return
    running = run().finally(() => (running = null))
    return running
  }

  return {
    refresh,
    changed() {
      isOld = true
      if (soon || !staging.isOpen()) return
      soon = setTimeout(() => {
        soon = null
        if (staging.isOpen()) void refresh()
      }, gatherMs)
      soon.unref()
    },
    async close() {
      if (soon) clearTimeout(soon)
      await running
    },
  }
}
