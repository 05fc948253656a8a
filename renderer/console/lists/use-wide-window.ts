import { useSyncExternalStore } from 'react'

/** From this width on, a list keeps all its columns beside a detail pane. */
const wide = '(min-width: 1500px)'

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(wide)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Whether the window has room for a list in full beside a detail pane. */
export function useWideWindow(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(wide).matches)
}
