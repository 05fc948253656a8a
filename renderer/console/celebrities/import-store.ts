import { useSyncExternalStore } from 'react'
import type { NewCelebrityPhoto } from './add-celebrity'
import type { ImportProgress, ImportQueue } from './import-queue'
import type { Review } from './review'

/** An import from the first file chosen to the last outcome read. */
export interface CurrentImport {
  review: Review
  /** What every photo gets. */
  category: string
  /** Null until the person starts it. */
  queue: ImportQueue<NewCelebrityPhoto> | null
}

/** Holds the import outside of the screens: it goes on, and its review is kept, while somebody looks elsewhere. */
function createImportStore() {
  const listeners = new Set<() => void>()
  let current: CurrentImport | null = null
  return {
    snapshot: () => current,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set: (next: CurrentImport | null) => {
      current = next
      for (const listener of listeners) listener()
    },
  }
}

export const importStore = createImportStore()

/** The import of this window, if there is one. */
export function useCurrentImport(): CurrentImport | null {
  return useSyncExternalStore(importStore.subscribe, importStore.snapshot)
}

const noQueue = { subscribe: () => () => undefined, snapshot: () => null }

/** How far the import has come; null while none has been started. */
export function useImportProgress(): ImportProgress<NewCelebrityPhoto> | null {
  const { subscribe, snapshot } = useCurrentImport()?.queue ?? noQueue
  return useSyncExternalStore<ImportProgress<NewCelebrityPhoto> | null>(subscribe, snapshot)
}

const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault()

/** Runs the queue; a window that is closed meanwhile asks first, as the files are read from this machine. */
export async function runImport(queue: ImportQueue<NewCelebrityPhoto>): Promise<void> {
  window.addEventListener('beforeunload', askBeforeLeaving)
  await queue.start()
  window.removeEventListener('beforeunload', askBeforeLeaving)
}
